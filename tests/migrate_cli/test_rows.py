"""What Alembic's command line and cookbook offer, row by row: the test that shows ours, or what there isn't.

The rows are numbered as in the list of Alembic's features that this tool is held against. A row
names tests of this folder as `file::test`, a session at the prompt as `story:name`; a row that
begins with a dash says what there is not, and why or what instead.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

COMMAND_LINE = """
1 test_cli_start::test_every_word_has_help_and_the_common_options
2 test_cli_start::test_the_help_lists_every_word_with_a_line
3 test_cli_start::test_the_help_lists_every_word_with_a_line
4 story:sixteen_mistakes
5 test_config::test_a_settings_file_can_be_given compat/test_settings::test_settings_mean_what_they_mean_to_alembic
6 test_env::test_a_database_has_settings_of_its_own compat/test_settings::test_settings_mean_what_they_mean_to_alembic
7 test_env::test_one_of_them_may_be_named story:alembic_project
8 story:mistakes_at_work
9 test_cli_start::test_quiet_says_nothing_but_errors
10 test_bad_input::test_it_is_told_and_nothing_is_changed compat/test_command_line::test_a_command_says_what_alembic_says
11 test_terminal::test_a_line_is_cut_to_the_terminal
12 test_runner::test_progress_is_told_before_and_after_each_step
13 test_cli_start::test_a_terminal_that_lacks_a_character_is_answered test_cli_start::test_a_closed_pipe_is_no_error
14 story:mistakes_setting_up
15 test_scripts::test_a_missing_scripts_folder_is_named_with_the_mend
16 test_discovery::test_init_writes_settings_that_read_back_and_the_folder
17 test_env::test_nothing_is_overwritten test_discovery::test_an_empty_folder_for_the_scripts_is_fine_and_so_is_ours
18 test_env::test_all_commands_work_by_each_template test_env::test_a_template_that_is_not_there_is_told_with_those_that_are
19 test_env::test_the_folders_may_be_packages
20 test_discovery::test_what_stands_in_the_way_is_told_and_nothing_is_written
21 test_discovery::test_what_stands_in_the_way_is_told_and_nothing_is_written
22 test_env::test_users_have_templates_of_their_own
23 test_commands_files::test_a_plain_revision_follows_the_only_head
24 test_writer::test_without_a_message_the_name_is_the_date_and_the_id
25 test_commands_files::test_autogenerate_writes_both_directions test_commands_files::test_autogenerate_writes_no_file_where_nothing_differs
26 - no `revision --sql`: a new file is written without a database, or by comparing with one
27 test_commands_files::test_with_two_heads_a_parent_must_be_named
28 test_commands_files::test_a_parent_that_is_no_head_needs_splice
29 test_writer::test_a_full_revision_has_its_imports_sorted_and_its_bodies_indented
30 test_where_files_are::test_revisions_lie_in_several_folders_and_new_ones_beside_their_parent
31 test_writer::test_an_id_that_means_something_else_is_refused test_writer::test_an_id_or_a_file_that_is_there_is_not_written_over
32 test_writer::test_a_full_revision_has_its_imports_sorted_and_its_bodies_indented
33 story:mistakes_at_work
34 test_commands_files::test_autogenerate_refuses_a_database_that_is_behind
35 test_commands_files::test_merge_joins_all_heads_or_those_that_are_named
36 test_commands_files::test_a_parent_that_is_no_head_needs_splice
37 test_commands_files::test_merge_joins_all_heads_or_those_that_are_named
38 test_runner::test_up_and_down_again story:first_steps
39 test_bad_input::test_it_is_told_and_nothing_is_changed
40 story:mistakes_at_work
41 story:sql_scripts test_cli_start::test_answers_go_to_stdout_and_progress_to_stderr
42 test_runner::test_a_script_between_two_revisions
43 test_runner::test_a_second_run_has_nothing_to_do
44 test_bad_input::test_it_is_told_and_nothing_is_changed
45 - no `--tag`: `-x tag=...` reaches env.py, and an Alembic project's --tag by `migrate alembic`
46 test_runner::test_up_and_down_again story:first_steps
47 story:first_steps
48 story:sql_scripts
49 story:first_steps
50 test_runner::test_a_failure_rolls_its_revision_back_and_keeps_those_before
51 test_runner::test_a_stamp_runs_nothing
52 story:mistakes_at_work
53 story:sql_scripts
54 story:sql_scripts
55 test_runner::test_a_stamp_runs_nothing
56 test_small_words::test_the_version_table_is_ensured_once test_small_words::test_the_version_table_is_written_as_sql
57 test_commands_database::test_an_empty_database_is_at_base_and_stays_empty test_listings::test_a_listing_is_a_line_each
58 test_listings::test_current_with_v_names_the_database
59 test_listings::test_a_listing_is_a_line_each
60 test_listings::test_a_listing_is_a_line_each
61 test_listings::test_a_listing_is_a_line_each
62 test_listings::test_all_that_a_file_says_is_shown
63 test_listings::test_history_lists_what_a_range_holds
64 test_listings::test_history_lists_what_a_range_holds
65 test_listings::test_history_lists_what_a_range_holds
66 story:first_steps
67 test_listings::test_all_that_a_file_says_is_shown
68 test_listings::test_what_is_no_range_or_revision_is_told
69 test_listings::test_all_that_a_file_says_is_shown test_listings::test_what_is_no_range_or_revision_is_told
70 test_listings::test_a_listing_is_a_line_each
71 test_small_words::test_revisions_are_opened_in_the_editor test_small_words::test_what_cannot_be_edited_is_said
72 story:first_steps
73 story:first_steps
74 story:sixteen_mistakes
75 story:sixteen_mistakes
76 test_cli_start::test_answers_come_as_json story:first_steps
77 test_cli_start::test_answers_go_to_stdout_and_progress_to_stderr
78 story:sql_scripts
"""

COOKBOOK = """
1 - no command: `Base.metadata.create_all(engine)` and then `migrate stamp head`
2 - no squash yet
3 test_env::test_a_database_has_settings_of_its_own
4 test_where_files_are::test_revisions_lie_in_several_folders_and_new_ones_beside_their_parent
5 test_given::test_the_page_shows_what_runs
6 test_given::test_an_open_transaction_stays_its_callers test_runner::test_a_callers_connection_is_used_and_its_transaction_respected
7 test_env::test_all_commands_work_by_each_template test_given::test_a_call_works_on_what_it_is_given
8 test_given::test_a_command_can_be_awaited test_given::test_it_works_while_an_event_loop_runs
9 test_plugins_of_ours::test_a_command_is_a_word
10 test_env::test_one_of_them_may_be_named
11 - no tagged steps: an argument by -x and env.py, and a condition in the revision
12 - no list of tenants: version_table_schema and an env.py for each; a schema has a lock of its own
13 test_env::test_one_history_is_run_in_several_databases
14 - no search for the revision that fits a database built elsewhere: `migrate diff` and `stamp`
15 test_status_exit::test_each_way_not_to_be_in_sync_has_its_status
16 story:first_steps
17 - no `migrate test`; `upgrade --dry-run` tries each step and rolls it back
18 - no stored version: `migrate upgrade START:head --sql`
19 test_env::test_each_of_several_databases_has_a_script_of_its_own
20 test_commands_files::test_autogenerate_writes_no_file_where_nothing_differs
21 - no option: most tables are never dropped by accident, and [tool.migrate] rewrite or ignore leave out the rest
22 - in the tests of ddl-autogen
23 - views are another part
24 test_renames::test_a_project_decides_what_takes_part
25 test_renames::test_a_project_decides_what_takes_part
26 - no option: [tool.migrate] rewrite names a function that sorts
27 - no option: [tool.migrate] rewrite names a function that sets if_exists
28 - told by lint, and refused by name on a table with rows; the steps are written by hand
29 - no command that prints an existing table's code
30 - no command that runs the differences at once: `migrate make` and `migrate upgrade`
31 - SQL objects are another part
32 test_plugins_of_ours::test_a_comparator_finds_more
33 - in an Alembic project
34 - in the tests of ddl-autogen
35 - in the tests of ddl-autogen
36 test_renames::test_a_project_tells_which_columns_differ
37 test_sinks::test_values_are_written_as_literals_also_without_a_type
38 - no helper for chunks: op.get_bind(), which resume follows
39 - no phases of a revision: one revision each
40 test_lint::test_a_rule_fires test_plan::test_loss_and_lock_are_told_of_tables_that_are_there
41 test_sinks::test_concurrently_runs_alone_and_what_was_before_it_stays test_sinks::test_autocommit_block_leaves_the_transaction
42 - in the tests of ddl-constructs and ddl-autogen
43 test_plugins_of_ours::test_hooks_are_run_in_their_order test_plugins_of_ours::test_a_hook_that_fails_is_a_failure_and_the_file_is_named
44 test_plugins_of_ours::test_a_hook_of_a_plugin_is_run
45 - in the tests of ddl-constructs
46 - in the tests of batch blocks
47 test_where_files_are::test_each_step_is_told_in_its_transaction
"""

HERE = Path(__file__).parent


def rows(table: str) -> dict[int, str]:
    return {
        int(number): rest
        for number, _, rest in (line.partition(" ") for line in table.strip().splitlines())
    }


@pytest.mark.parametrize(
    ("table", "count"), [(COMMAND_LINE, 78), (COOKBOOK, 47)], ids=["command-line", "cookbook"]
)
def test_each_row_has_a_test_that_is_there_or_says_what_there_is_not(
    table: str, count: int
) -> None:
    found = rows(table)

    assert sorted(found) == list(range(1, count + 1))
    missing = [
        f"{number} {reference}"
        for number, rest in found.items()
        if not rest.startswith("- ")
        for reference in rest.split()
        if not is_there(reference)
    ]
    assert missing == []


def is_there(reference: str) -> bool:
    if reference.startswith("story:"):
        return (HERE.parent / "stories" / f"{reference.removeprefix('story:')}.txt").is_file()
    file, _, test = reference.partition("::")
    source = HERE / f"{file}.py"
    return source.is_file() and bool(re.search(rf"^def {test}\(", source.read_text(), re.M))
