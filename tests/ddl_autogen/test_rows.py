"""What Alembic's autogenerate does and can't do, row by row: the test that shows ours, or what there isn't.

The rows are numbered as in the two lists that this tool is held against. A row names tests as
`file::test` or `file::test[case]`, of this folder or of its neighbours; a row that begins with a
dash says what there is not, and what instead.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

FEATURES = """
1 test_differences::test_each_difference_is_one_change[table-with-index]
2 test_differences::test_each_difference_is_led_away_and_back[parent-first]
3 test_differences::test_each_difference_is_one_change[children-first] test_differences::test_each_difference_is_one_change[parent-first]
4 cli/test_commands_files::test_the_version_table_is_never_dropped
5 test_differences::test_each_difference_is_one_change[column]
6 test_differences::test_each_difference_is_one_change[mixed]
7 test_odd_models::test_it_is_in_sync[system-column]
8 test_odd_models::test_it_is_in_sync[another-order]
9 test_in_sync::test_changes_lead_there_and_back_and_there[names]
10 test_odd_models::test_it_is_in_sync[default-schema-by-name]
11 test_compare::test_schemas_are_compared_when_asked
12 test_odd_models::test_it_is_in_sync[one-name-in-two-schemas]
13 test_odd_models::test_it_is_in_sync[view]
14 test_in_sync::test_what_create_all_makes_is_in_sync[names]
15 test_differences::test_each_difference_is_led_away_and_back[referenced-table-dropped]
16 test_compare::test_several_metadata_are_one_schema test_compare::test_a_table_in_two_metadata_is_refused_by_name test_compare::test_no_metadata_at_all_is_an_empty_schema
17 test_compare::test_what_is_no_metadata_is_refused_by_name
18 cli/test_commands_files::test_autogenerate_refuses_a_database_that_is_behind
19 - comparing is given a connection; a new revision has no --sql
20 test_differences::test_each_difference_is_one_change[nullable] test_differences::test_each_difference_is_one_change[not-null]
21 test_odd_models::test_it_is_in_sync[nullable-of-generated]
22 test_compare::test_compare_type_and_default_can_be_told cli/test_renames::test_a_project_tells_which_columns_differ
23 test_odd_models::test_it_is_in_sync[no-type]
24 test_differences::test_each_difference_is_one_change[type] test_in_sync::test_what_create_all_makes_is_in_sync[types]
25 test_in_sync::test_what_create_all_makes_is_in_sync[types]
26 test_differences::test_each_difference_is_one_change[length] test_differences::test_each_difference_is_one_change[precision]
27 test_differences::test_each_difference_is_one_change[precision]
28 test_differences_postgresql::test_each_difference_is_told_led_away_and_led_back[collation]
29 test_roundtrip::test_a_schema_is_led_to_another_and_back
30 test_differences_mariadb::test_each_difference_is_told_led_away_and_led_back[unsigned]
31 test_differences_mariadb::test_each_difference_is_told_led_away_and_led_back[enum-labels-reordered]
32 test_differences_postgresql::test_each_difference_is_told_led_away_and_led_back[enum-labels-added]
33 test_in_sync::test_what_one_database_has_alone test_render::test_types
34 test_in_sync::test_what_create_all_makes_is_in_sync[types]
35 test_in_sync::test_what_create_all_makes_is_in_sync[types]
36 test_in_sync::test_what_create_all_makes_is_in_sync[types]
37 test_compare::test_compare_type_and_default_can_be_told
38 test_differences::test_each_difference_is_one_change[default-changed]
39 test_in_sync::test_what_one_database_has_alone test_compare::test_asking_consumes_no_sequence_value_and_leaves_nothing
40 test_in_sync::test_what_create_all_makes_is_in_sync[defaults] test_differences_mariadb::test_each_difference_is_told_led_away_and_led_back[on-update]
41 test_in_sync::test_what_create_all_makes_is_in_sync[defaults]
42 - SQL Server's catalog can't be read yet: compare() refuses it by name
43 - Oracle's catalog can't be read yet: compare() refuses it by name
44 test_differences::test_each_difference_is_one_change[default] test_differences::test_each_difference_is_one_change[default-dropped]
45 test_differences_postgresql::test_each_difference_is_told_led_away_and_led_back[computed-changed]
46 test_differences_postgresql::test_each_difference_is_told_led_away_and_led_back[identity-options]
47 test_in_sync::test_what_create_all_makes_is_in_sync[identity]
48 test_differences_mariadb::test_each_difference_is_told_led_away_and_led_back[numbering-off] test_differences_postgresql::test_each_difference_is_told_led_away_and_led_back[serial-off]
49 test_differences::test_comments[comment]
50 test_differences::test_comments[comment-dropped]
51 test_in_sync::test_what_create_all_makes_is_in_sync[names]
52 test_differences::test_each_difference_is_one_change[index-columns] test_differences::test_each_difference_is_one_change[index-unique]
53 test_differences::test_each_difference_is_one_change[index-direction]
54 test_renames::test_what_differs_in_its_name_alone_is_renamed_where_that_can_be[index]
55 test_roundtrip::test_a_schema_is_led_to_another_and_back
56 test_differences_postgresql::test_each_difference_is_told_led_away_and_led_back
57 test_odd_models::test_a_sort_order_that_is_the_usual_one_need_not_be_said
58 test_differences_postgresql::test_each_difference_is_told_led_away_and_led_back[unique-nulls]
59 test_roundtrip::test_a_schema_is_led_to_another_and_back
60 test_compare::test_a_type_that_a_database_cant_have_is_refused_by_name
61 test_differences_postgresql::test_each_difference_is_told_led_away_and_led_back
62 test_odd_models::test_it_is_in_sync[unnamed-unique-in-another-order]
63 test_differences::test_each_difference_is_one_change[unique-order] test_differences_postgresql::test_each_difference_is_told_led_away_and_led_back[unique-deferrable]
64 test_in_sync::test_what_create_all_makes_is_in_sync[indexes]
65 - each catalog that is read tells uniques
66 test_differences::test_each_difference_is_one_change[table]
67 test_differences_mariadb::test_each_difference_is_told_led_away_and_led_back[index-in-place-of-the-server's]
68 test_differences_mariadb::test_each_difference_is_told_led_away_and_led_back[index-of-a-foreign-key-made-anew]
69 test_differences_postgresql::test_a_sequence_that_a_default_asks_stays_though_no_model_says_it test_differences_postgresql::test_each_difference_is_told_led_away_and_led_back[serial-type]
70 test_differences::test_each_difference_is_one_change[foreign-key-action]
71 test_differences_mariadb::test_a_foreign_key_that_an_engine_forgets_is_no_difference
72 test_in_sync::test_what_create_all_makes_is_in_sync[keys]
73 test_in_sync::test_what_one_database_has_alone
74 test_odd_models::test_a_foreign_key_to_a_table_that_is_left_out_takes_part
75 test_differences::test_each_difference_is_one_change[check]
76 test_differences::test_each_difference_is_one_change[check-changed]
77 test_differences_postgresql::test_each_difference_is_told_led_away_and_led_back[key-name]
78 test_differences_postgresql::test_each_difference_is_told_led_away_and_led_back[exclude-changed]
79 test_differences_postgresql::test_sequences
80 test_domains::test_a_column_of_a_domain_comes_and_goes_by_scripts_that_run
81 test_domains::test_a_schema_that_is_missing_is_created_first
82 test_differences_postgresql::test_options_that_a_model_states test_differences_mariadb::test_options_that_a_model_states
83 - what is declared of these is another part
84 test_renames::test_what_could_be_a_rename_is_asked
85 test_compare::test_include_name_is_asked_for_all_that_the_database_has
86 test_compare::test_include_object_leaves_out_what_it_refuses
87 compat/test_surface::test_what_alembic_offers_is_here_with_the_same_parameters
88 compat/test_surface::test_what_alembic_offers_is_here_with_the_same_parameters
89 compat/test_surface::test_what_alembic_offers_is_here_with_the_same_parameters
90 compat/test_util::test_all_functions_of_a_priority_dispatcher_run_until_their_group_is_stopped
91 compat/test_autogenerate::test_a_plugin_compares_and_writes_what_is_its_own
92 cli/test_plugins_of_ours::test_a_comparator_finds_more
93 test_compare::test_the_number_of_queries_does_not_grow_with_the_tables
94 compat/test_autogenerate::test_source_stands_between_the_lines_that_its_users_know
95 test_render::test_what_is_written_builds_the_same_change[create-table]
96 test_render::test_what_is_written_builds_the_same_change[add-column-with-all]
97 test_render::test_any_text_comes_through
98 test_odd_models::test_it_is_in_sync[default-schema-by-name]
99 test_renames::test_what_differs_in_its_name_alone_is_renamed_where_that_can_be
100 test_render::test_what_is_written_builds_the_same_change[add-column]
101 test_render::test_what_is_written_builds_the_same_change[alter-column]
102 test_render::test_what_is_written_builds_the_same_change[create-index-options]
103 test_render::test_what_is_written_builds_the_same_change[foreign-key] compat/test_autogenerate::test_an_exclusion_is_written_in_alembics_word
104 compat/test_autogenerate::test_constraints_without_a_name_are_dropped_by_a_convention
105 test_render::test_what_is_written_builds_the_same_change[comment]
106 test_render::test_what_is_written_builds_the_same_change[execute]
107 test_render::test_what_is_written_builds_the_same_change[primary-key] test_render::test_what_is_written_builds_the_same_change[bulk]
108 test_render::test_any_text_comes_through
109 test_render::test_types test_render::test_a_users_type_is_imported_from_its_module
110 compat/test_autogenerate::test_an_item_is_written_as_the_project_says
111 compat/test_autogenerate::test_an_item_is_written_as_the_project_says
112 test_render::test_it_is_formatted_as_ruff_would
113 compat/test_autogenerate::test_source_is_written_as_batch_blocks
114 compat/test_autogenerate::test_a_plugin_compares_and_writes_what_is_its_own
115 test_in_sync::test_changes_lead_there_and_back_and_there
116 test_roundtrip::test_a_schema_is_led_to_another_and_back
117 compat/test_autogenerate::test_what_differs_is_given_as_tuples
118 compat/test_autogenerate::test_what_differs_is_given_as_operations_both_ways
119 compat/test_autogenerate::test_source_stands_between_the_lines_that_its_users_know
120 compat/test_autogenerate::test_operations_that_are_run_leave_nothing_to_differ
121 compat/test_settings::test_settings_mean_what_they_mean_to_alembic
122 compat/test_surface::test_what_alembic_offers_is_here_with_the_same_parameters
123 compat/test_environment::test_each_database_of_several_is_run_in
124 compat/test_autogenerate::test_a_rewriter_puts_other_operations_in_the_place_of_some
125 compat/test_autogenerate::test_a_plugin_compares_and_writes_what_is_its_own
126 compat/test_command_line::test_a_command_says_what_alembic_says
127 test_differences::test_each_difference_is_led_away_and_back[mixed]
"""

LIMITS = """
81 test_renames::test_what_is_renamed_keeps_its_rows_and_goes_back
82 test_differences_postgresql::test_each_difference_is_told_led_away_and_led_back[key-name] test_roundtrip::test_a_schema_is_led_to_another_and_back
83 test_differences::test_each_difference_is_one_change[check-spelled-otherwise]
84 test_differences_postgresql::test_each_difference_is_told_led_away_and_led_back[exclude]
85 test_differences_postgresql::test_sequences test_domains::test_a_schema_that_is_missing_is_created_first
86 test_differences_postgresql::test_each_difference_is_told_led_away_and_led_back
87 test_differences_postgresql::test_each_difference_is_told_led_away_and_led_back[foreign-key-deferrable] test_renames::test_what_differs_in_its_name_alone_is_renamed_where_that_can_be[foreign-key]
88 test_differences_mariadb::test_each_difference_is_told_led_away_and_led_back[charset]
89 test_differences_postgresql::test_options_that_a_model_states[unlogged]
90 test_differences_mariadb::test_each_difference_is_told_led_away_and_led_back[computed-changed]
91 test_in_sync::test_what_create_all_makes_is_in_sync[identity]
92 test_in_sync::test_what_create_all_makes_is_in_sync[defaults]
93 test_differences::test_each_difference_is_one_change[index-direction]
94 test_compare::test_asking_consumes_no_sequence_value_and_leaves_nothing
95 compat/test_autogenerate::test_constraints_without_a_name_are_dropped_by_a_convention test_roundtrip::test_a_schema_is_led_to_another_and_back
96 test_in_sync::test_changes_lead_there_and_back_and_there[cycle]
97 test_domains::test_a_schema_that_is_missing_is_created_first
98 test_render::test_undone_twice_is_written_the_same
99 test_roundtrip::test_a_schema_is_led_to_another_and_back
100 cli/test_against_rows::test_rows_are_filled_by_steps_that_run_and_go_back
101 test_render::test_changes_of_a_table_are_one_block_where_it_cant_be_altered_in_place
102 test_render::test_a_users_type_is_imported_from_its_module
103 test_render::test_what_is_written_builds_the_same_change[execute]
104 cli/test_state::test_the_state_is_what_the_database_has_or_says_that_it_is_not_known
105 test_differences::test_each_difference_is_one_change[check-of-type]
106 cli/test_lint::test_a_rule_fires
135 test_differences::test_each_difference_is_one_change[children-first]
136 cli/test_commands_files::test_the_version_table_is_never_dropped
137 test_odd_models::test_it_is_in_sync[default-schema-by-name]
138 test_in_sync::test_what_create_all_makes_is_in_sync[types]
139 test_odd_models::test_a_callable_for_defaults_meets_an_identity
140 test_in_sync::test_what_one_database_has_alone
146 test_in_sync::test_changes_lead_there_and_back_and_there[keys]
148 test_differences_postgresql::test_each_difference_is_told_led_away_and_led_back[enum-column] test_in_sync::test_changes_lead_there_and_back_and_there[types]
"""

TESTS = Path(__file__).parents[1]
FOLDERS = {"cli": "migrate_cli", "compat": "migrate_cli/compat", "": "ddl_autogen"}


def rows(table: str) -> dict[int, str]:
    return {
        int(number): rest
        for number, _, rest in (line.partition(" ") for line in table.strip().splitlines())
    }


@pytest.mark.parametrize(
    ("table", "numbers"),
    [
        pytest.param(FEATURES, [*range(1, 128)], id="features"),
        pytest.param(LIMITS, [*range(81, 107), *range(135, 141), 146, 148], id="limits"),
    ],
)
def test_each_row_has_a_test_that_is_there_or_says_what_there_is_not(
    table: str, numbers: list[int]
) -> None:
    found = rows(table)

    assert sorted(found) == numbers
    missing = [
        f"{number} {reference}"
        for number, rest in found.items()
        if not rest.startswith("- ")
        for reference in rest.split()
        if not is_there(reference)
    ]
    assert missing == []


def is_there(reference: str) -> bool:
    where, _, test = reference.partition("::")
    folder, _, file = where.rpartition("/")
    name, _, case = test.rstrip("]").partition("[")
    path = TESTS / FOLDERS[folder] / f"{file}.py"
    if not path.is_file():
        return False
    source = path.read_text(encoding="utf-8")
    said = (
        rf"id=[\"']{re.escape(case)}[\"']|^def {re.escape(case)}\(|^ *[\"']{re.escape(case)}[\"']"
    )
    return bool(
        re.search(rf"^def {name}\(", source, re.MULTILINE)
        and (not case or re.search(said, source, re.MULTILINE))
    )
