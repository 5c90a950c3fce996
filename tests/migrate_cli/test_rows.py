"""What Alembic's command line and cookbook offer, row by row: the test that shows ours, or what there isn't.

The rows are numbered as in the list of Alembic's features that this tool is held against. A row
names tests of this folder as `file::test`, a session at the prompt as `story:name`, a page of the
cookbook that is played as `recipe:name`; a row that begins with a dash says what there is not, and
why or what instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
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
1 recipe:creating
2 recipe:squashing
3 test_env::test_a_database_has_settings_of_its_own
4 test_where_files_are::test_revisions_lie_in_several_folders_and_new_ones_beside_their_parent
5 test_given::test_the_page_shows_what_runs
6 test_given::test_an_open_transaction_stays_its_callers test_runner::test_a_callers_connection_is_used_and_its_transaction_respected
7 test_env::test_all_commands_work_by_each_template test_given::test_a_call_works_on_what_it_is_given
8 test_given::test_a_command_can_be_awaited test_given::test_it_works_while_an_event_loop_runs
9 test_plugins_of_ours::test_a_command_is_a_word
10 test_env::test_one_of_them_may_be_named
11 recipe:optional
12 recipe:tenants
13 test_env::test_one_history_is_run_in_several_databases
14 recipe:recognising
15 test_status_exit::test_each_way_not_to_be_in_sync_has_its_status
16 story:first_steps
17 test_stamping::test_a_seeded_way_back_that_fails_is_found test_dry_run::test_going_down_is_tried_too
18 recipe:scripts
19 test_env::test_each_of_several_databases_has_a_script_of_its_own
20 test_commands_files::test_autogenerate_writes_no_file_where_nothing_differs
21 recipe:rewriting test_renames::test_a_project_decides_what_takes_part
22 - in the tests of ddl-autogen
23 - views are another part
24 test_renames::test_a_project_decides_what_takes_part
25 test_renames::test_a_project_decides_what_takes_part
26 recipe:rewriting
27 recipe:rewriting
28 test_against_rows::test_rows_are_filled_by_steps_that_run_and_go_back
29 recipe:existing
30 test_amend::test_it_says_what_the_models_say_now
31 - SQL objects are another part
32 test_plugins_of_ours::test_a_comparator_finds_more
33 - in an Alembic project: test_op_words; here a change is a class, which on_version_apply and `rewrite` see
34 - in the tests of ddl-autogen
35 - in the tests of ddl-autogen
36 test_renames::test_a_project_tells_which_columns_differ
37 test_sinks::test_values_are_written_as_literals_also_without_a_type
38 recipe:phases test_resume::test_the_run_after_a_kill_ends_as_an_undisturbed_one
39 recipe:phases
40 test_lint::test_a_rule_fires test_plan::test_loss_and_lock_are_told_of_tables_that_are_there
41 test_sinks::test_concurrently_runs_alone_and_what_was_before_it_stays test_sinks::test_autocommit_block_leaves_the_transaction
42 - in the tests of ddl-constructs and ddl-autogen
43 test_plugins_of_ours::test_hooks_are_run_in_their_order test_plugins_of_ours::test_a_hook_that_fails_is_a_failure_and_the_file_is_named
44 test_plugins_of_ours::test_a_hook_of_a_plugin_is_run
45 - in the tests of ddl-constructs
46 - in the tests of batch blocks
47 test_where_files_are::test_each_step_is_told_in_its_transaction
"""

RUNTIME = """
1 compat/test_environment::test_an_engine_is_no_connection
2 compat/test_commands::test_a_script_leaves_what_running_it_leaves compat/test_environment::test_env_may_ask_what_the_command_says
3 compat/test_environment::test_an_engine_is_no_connection
4 compat/test_configure::test_options_reach_the_dialect
5 compat/test_environment::test_what_stays_where_a_revision_fails
6 compat/test_environment::test_what_stays_where_a_revision_fails
7 compat/test_configure::test_a_script_goes_where_env_says
8 compat/test_configure::test_a_script_goes_where_env_says
9 compat/test_configure::test_literal_binds_need_a_script
10 compat/test_configure::test_env_overrules_the_start_and_the_tag
11 compat/test_configure::test_env_overrules_the_start_and_the_tag
12 compat/test_configure::test_the_template_is_given_what_env_has test_env::test_env_runs_for_every_new_file_where_the_settings_say_so
13 compat/test_environment::test_the_version_table_is_as_env_says test_version_table::test_it_can_have_a_name_and_a_schema_of_its_own
14 compat/test_environment::test_the_version_table_may_be_in_a_schema
15 compat/test_settings::test_settings_mean_what_they_mean_to_alembic test_env::test_the_version_table_may_do_without_a_primary_key
16 compat/test_environment::test_the_version_table_is_as_env_says
17 compat/test_environment::test_callbacks_are_told_of_each_step_in_its_transaction test_where_files_are::test_who_raises_undoes_the_step
18 compat/test_environment::test_callbacks_are_told_of_each_step_in_its_transaction
19 compat/test_configure::test_bodies_go_by_the_names_that_env_gives
20 compat/test_autogenerate::test_an_item_is_written_as_the_project_says compat/test_autogenerate::test_source_is_written_as_batch_blocks
21 compat/test_configure::test_separators_stand_between_statements
22 compat/test_environment::test_unknown_keywords_are_kept_and_a_wrapped_configure_is_called
23 compat/test_environment::test_each_database_of_several_is_run_in
24 compat/test_commands::test_messages_reach_the_loggers_that_alembics_users_switch_on
25 compat/test_environment::test_env_may_ask_what_the_command_says
26 compat/test_configure::test_the_context_says_what_it_is
27 compat/test_environment::test_env_may_ask_what_the_command_says
28 compat/test_environment::test_env_may_ask_what_the_command_says compat/test_configure::test_what_a_command_does_not_have_is_said
29 compat/test_environment::test_env_may_ask_what_the_command_says compat/test_configure::test_what_a_command_does_not_have_is_said
30 compat/test_environment::test_env_may_ask_what_the_command_says
31 compat/test_environment::test_env_may_ask_what_the_command_says compat/test_settings::test_settings_mean_what_they_mean_to_alembic
32 compat/test_environment::test_keywords_reach_the_scripts
33 compat/test_environment::test_what_stays_where_a_revision_fails
34 compat/test_configure::test_the_context_says_what_it_is
35 compat/test_configure::test_the_context_says_what_it_is
36 compat/test_environment::test_env_may_ask_what_the_command_says
37 compat/test_configure::test_an_environment_runs_a_function_of_its_own
38 compat/test_environment::test_what_stays_where_a_revision_fails test_runner::test_one_transaction_for_the_run_rolls_all_of_it_back
39 compat/test_environment::test_what_stays_where_a_revision_fails test_runner::test_a_failure_rolls_its_revision_back_and_keeps_those_before
40 compat/test_environment::test_what_stays_where_a_revision_fails
41 compat/test_environment::test_a_connection_of_the_caller_is_neither_committed_nor_rolled_back
42 test_runner::test_scripts_that_misbehave_are_no_success
43 test_sinks::test_autocommit_block_leaves_the_transaction test_sinks::test_concurrently_is_refused_in_a_callers_transaction
44 test_sinks::test_a_script_leaves_the_transaction_for_what_stands_alone
45 test_sinks::test_autocommit_block_leaves_the_transaction
46 test_runner::test_rerunning_after_a_mended_failure_goes_on
47 test_version_table::test_reading_doesnt_create_the_table test_runner::test_a_failure_rolls_its_revision_back_and_keeps_those_before
48 test_sinks::test_a_script_says_begin_where_ddl_can_be_rolled_back
49 compat/test_settings::test_settings_mean_what_they_mean_to_alembic
50 compat/test_settings::test_settings_mean_what_they_mean_to_alembic
51 test_version_table::test_offline_it_is_written_as_literals_with_nothing_fetched_back
52 compat/test_settings::test_settings_mean_what_they_mean_to_alembic
53 test_runner::test_a_script_between_two_revisions
54 story:sql_scripts
55 test_sinks::test_values_are_written_as_literals_also_without_a_type
56 test_sinks::test_the_bind_of_a_script_writes_and_has_nothing_to_read
57 compat/test_commands::test_a_plan_needs_no_database_that_answers compat/test_configure::test_separators_stand_between_statements
58 test_env::test_each_of_several_databases_has_a_script_of_its_own
59 compat/test_environment::test_an_engine_is_no_connection compat/test_op_live::test_the_words_leave_what_the_changes_leave
60 compat/test_configure::test_a_context_reads_and_stamps_by_itself
61 compat/test_configure::test_a_context_reads_and_stamps_by_itself
62 compat/test_configure::test_a_context_reads_and_stamps_by_itself
63 compat/test_configure::test_an_environment_runs_a_function_of_its_own
64 compat/test_settings::test_settings_mean_what_they_mean_to_alembic
65 compat/test_settings::test_settings_mean_what_they_mean_to_alembic
66 compat/test_settings::test_settings_mean_what_they_mean_to_alembic
67 compat/test_settings::test_settings_mean_what_they_mean_to_alembic
68 compat/test_settings::test_settings_mean_what_they_mean_to_alembic
69 compat/test_settings::test_settings_mean_what_they_mean_to_alembic
70 compat/test_configure::test_settings_that_are_wrong_are_named
71 compat/test_configure::test_settings_are_set_and_asked
72 compat/test_configure::test_settings_are_set_and_asked
73 compat/test_configure::test_settings_are_set_and_asked
74 compat/test_configure::test_settings_are_set_and_asked
75 compat/test_environment::test_env_may_ask_what_the_command_says
76 compat/test_environment::test_env_may_ask_what_the_command_says
77 compat/test_configure::test_settings_are_set_and_asked
78 compat/test_settings::test_settings_mean_what_they_mean_to_alembic
79 compat/test_settings::test_settings_mean_what_they_mean_to_alembic
80 compat/test_settings::test_settings_mean_what_they_mean_to_alembic
81 compat/test_settings::test_settings_mean_what_they_mean_to_alembic
82 compat/test_settings::test_settings_mean_what_they_mean_to_alembic test_where_files_are::test_revisions_lie_in_several_folders_and_new_ones_beside_their_parent
83 compat/test_settings::test_settings_mean_what_they_mean_to_alembic test_where_files_are::test_folders_below_count_if_they_are_asked_for
84 test_where_files_are::test_a_folder_that_is_named_twice_counts_once
85 test_scripts::test_only_some_names_are_revision_files
86 compat/test_settings::test_settings_mean_what_they_mean_to_alembic test_where_files_are::test_compiled_files_count_if_they_are_asked_for
87 compat/test_settings::test_settings_mean_what_they_mean_to_alembic test_where_files_are::test_new_files_may_go_into_folders_by_date
88 compat/test_settings::test_settings_mean_what_they_mean_to_alembic test_writer::test_a_slug_is_the_words_cut_between_them
89 test_writer::test_a_slug_is_the_words_cut_between_them
90 test_writer::test_the_date_is_in_the_zone_of_the_settings test_writer::test_an_unknown_zone_is_named
91 compat/test_settings::test_settings_mean_what_they_mean_to_alembic
92 compat/test_settings::test_settings_mean_what_they_mean_to_alembic test_env::test_env_runs_for_every_new_file_where_the_settings_say_so
93 compat/test_settings::test_settings_mean_what_they_mean_to_alembic
94 test_headers::test_a_bad_header_names_the_file_and_the_line test_runner::test_a_script_without_its_function_is_named_before_anything_runs
95 test_headers::test_a_file_named_by_a_hexadecimal_id_needs_no_id_inside
96 test_headers::test_the_message_is_the_first_paragraph
97 test_writer::test_a_template_of_the_project_is_used
98 test_writer::test_a_bad_template_is_named_and_nothing_is_written
99 test_writer::test_an_empty_revision_reads_as_if_a_person_had_written_it
100 test_plugins_of_ours::test_hooks_are_run_in_their_order compat/test_settings::test_settings_mean_what_they_mean_to_alembic
101 test_plugins_of_ours::test_a_kind_of_hook_that_is_not_there_is_told_before_anything_is_written
102 test_plugins_of_ours::test_hooks_are_run_in_their_order test_plugins_of_ours::test_a_hook_that_fails_is_a_failure_and_the_file_is_named
103 test_plugins_of_ours::test_hooks_are_run_in_their_order
104 compat/test_settings::test_settings_mean_what_they_mean_to_alembic
105 test_plugins_of_ours::test_a_hook_that_fails_is_a_failure_and_the_file_is_named
106 test_plugins_of_ours::test_a_hook_of_a_plugin_is_run
107 test_plugins_of_ours::test_a_hook_that_fails_is_a_failure_and_the_file_is_named
108 test_plugins_of_ours::test_hooks_are_run_in_their_order
109 test_env::test_all_commands_work_by_each_template
110 test_env::test_all_commands_work_by_each_template
111 test_env::test_one_history_is_run_in_several_databases
112 test_env::test_all_commands_work_by_each_template
113 test_discovery::test_init_writes_settings_that_read_back_and_the_folder
114 test_env::test_users_have_templates_of_their_own
115 compat/test_environment::test_two_runs_in_two_threads_do_not_meet
116 compat/test_commands::test_a_script_leaves_what_running_it_leaves
117 compat/test_configure::test_what_is_opened_is_closed
118 test_given::test_an_open_transaction_stays_its_callers compat/test_environment::test_a_connection_of_the_caller_is_neither_committed_nor_rolled_back
119 compat/test_environment::test_an_asynchronous_env_runs test_given::test_it_works_while_an_event_loop_runs
120 compat/test_environment::test_keywords_reach_the_scripts
121 compat/test_command_line::test_commands_give_what_they_made
122 compat/test_surface::test_what_alembic_offers_is_here_with_the_same_parameters
123 compat/test_surface::test_what_alembic_offers_is_here_with_the_same_parameters
124 compat/test_command_line::test_a_function_of_ones_own_becomes_a_command
125 compat/test_environment::test_two_runs_in_two_threads_do_not_meet test_given::test_threads_have_nothing_in_common
126 test_runner::test_what_is_committed_by_a_script_is_gone_on_from
127 compat/test_environment::test_a_transaction_that_nobody_commits_is_an_error_by_name
128 compat/test_environment::test_a_transaction_that_nobody_commits_is_an_error_by_name
129 compat/test_configure::test_a_switch_in_an_ini_file_is_what_it_says_or_an_error
130 compat/test_environment::test_an_env_that_fails_is_said_in_a_line
131 test_scripts::test_a_script_that_can_not_be_run_is_told_with_file_and_line
"""

REVISIONS = """
94 test_version_table::test_reading_doesnt_create_the_table
95 test_version_table::test_a_row_moves_and_goes compat/test_commands::test_up_and_down_lead_where_alembic_leads
96 test_version_table::test_a_row_moves_and_goes
97 compat/test_commands::test_up_and_down_lead_where_alembic_leads compat/test_command_line::test_every_step_up_and_down_is_the_same
98 compat/test_command_line::test_every_step_up_and_down_is_the_same
99 compat/test_command_line::test_every_step_up_and_down_is_the_same
100 compat/test_command_line::test_every_step_up_and_down_is_the_same
101 test_version_table::test_a_row_that_isnt_there_stops_the_step test_version_table::test_a_row_that_is_there_twice_stops_the_step
102 compat/test_configure::test_a_context_reads_and_stamps_by_itself
103 compat/test_configure::test_a_context_reads_and_stamps_by_itself
104 compat/test_configure::test_env_overrules_the_start_and_the_tag
105 test_listings::test_a_listing_is_a_line_each
106 test_runner::test_a_stamp_runs_nothing
107 test_stamping::test_a_stamp_leads_to_the_rows_that_were_asked_for
108 test_stamping::test_a_stamp_leads_to_the_rows_that_were_asked_for
109 test_stamping::test_a_stamp_leads_to_the_rows_that_were_asked_for
110 test_stamping::test_a_stamp_that_means_nothing_is_told_and_changes_nothing
111 test_stamping::test_a_stamp_leads_to_the_rows_that_were_asked_for
112 test_stamping::test_a_stamp_that_means_nothing_is_told_and_changes_nothing
113 test_where_files_are::test_each_step_is_told_in_its_transaction
114 test_stamping::test_purging_forgets_whatever_was_there story:mistakes_at_work
115 test_stamping::test_a_stamp_leads_to_the_rows_that_were_asked_for
116 story:sql_scripts
117 test_writer::test_an_id_is_made_where_none_is_given
118 test_commands_files::test_a_parent_that_is_no_head_needs_splice
119 test_commands_files::test_with_two_heads_a_parent_must_be_named
120 test_commands_files::test_with_two_heads_a_parent_must_be_named
121 test_stamping::test_a_head_that_is_named_twice_is_told
122 test_writer::test_a_full_revision_has_its_imports_sorted_and_its_bodies_indented test_stamping::test_what_a_revision_depends_on_is_completed
123 test_writer::test_a_bad_template_is_named_and_nothing_is_written
124 test_commands_files::test_merge_joins_all_heads_or_those_that_are_named
125 test_writer::test_an_id_that_means_something_else_is_refused
"""
"""Those about the version table, and new files."""

LIMITS = """
62 test_scripts::test_two_files_with_one_id_are_both_named
71 story:mistakes_at_work
72 test_bad_input::test_it_is_told_and_nothing_is_changed
74 test_runner::test_an_id_that_is_too_long_is_refused_before_anything_runs
75 test_runner::test_an_upgrade_to_what_lies_below_says_so
76 test_commands_files::test_merge_joins_all_heads_or_those_that_are_named
77 test_journal::test_each_statement_is_written_down
78 test_verify::test_what_counts_is_what_the_file_says
80 test_scripts::test_a_script_that_is_not_literal_is_imported_once
107 test_sinks::test_a_failing_second_statement_leaves_no_table
108 test_resume::test_the_run_after_a_kill_ends_as_an_undisturbed_one
109 test_runner::test_what_is_committed_by_a_script_is_gone_on_from
110 test_many_runners::test_each_revision_runs_exactly_once
111 test_dry_run::test_all_is_done_and_nothing_stays test_dry_run::test_where_ddl_commits_nothing_is_run
112 test_sinks::test_a_spool_writes_all_or_nothing test_runner::test_an_error_writes_nothing
113 story:mistakes_at_work test_cli_start::test_an_unknown_error_is_seen_with_where_it_comes_from
114 test_plugins_of_ours::test_a_hook_that_fails_is_a_failure_and_the_file_is_named
115 test_plugins_of_ours::test_a_hook_that_fails_is_a_failure_and_the_file_is_named
116 test_cli_start::test_answers_go_to_stdout_and_progress_to_stderr
117 test_cli_start::test_answers_come_as_json
118 test_cli_start::test_what_was_asked_for_is_said_quietly_too
119 test_env::test_a_database_has_settings_of_its_own
120 test_discovery::test_init_writes_settings_that_read_back_and_the_folder story:mistakes_setting_up
121 test_env::test_a_template_that_is_not_there_is_told_with_those_that_are
122 - the scripts folder lies inside of the project: test_discovery refuses another by name
123 test_given::test_threads_have_nothing_in_common
124 test_env::test_all_commands_work_by_each_template
125 - another part: the schema of a tenant by search_path, recipe:tenants
126 compat/test_configure::test_settings_are_read_as_utf_8
127 test_commands_database::test_an_empty_database_is_at_base_and_stays_empty compat/test_commands::test_what_is_asked_changes_nothing
128 test_env::test_what_is_wrong_with_databases_is_told compat/test_settings::test_settings_mean_what_they_mean_to_alembic
129 - in the tests of ddl-constructs
130 test_cli_start::test_a_sql_script_keeps_every_character_on_any_terminal
131 test_version_table::test_offline_it_is_written_as_literals_with_nothing_fetched_back
132 - in the tests of batch blocks
133 test_sinks::test_percent_signs_are_written_once
134 - in the tests of ddl-constructs: test_wrong_values
"""
"""Those about the version table, the command line and what runs."""

HERE = Path(__file__).parent


def rows(table: str) -> dict[int, str]:
    return {
        int(number): rest
        for number, _, rest in (line.partition(" ") for line in table.strip().splitlines())
    }


@pytest.mark.parametrize(
    ("table", "numbers"),
    [
        pytest.param(COMMAND_LINE, range(1, 79), id="command-line"),
        pytest.param(COOKBOOK, range(1, 48), id="cookbook"),
        pytest.param(RUNTIME, range(1, 132), id="runtime"),
        pytest.param(REVISIONS, range(94, 126), id="revisions"),
        pytest.param(
            LIMITS, (62, *range(71, 73), *range(74, 79), 80, *range(107, 135)), id="limits"
        ),
    ],
)
def test_each_row_has_a_test_that_is_there_or_says_what_there_is_not(
    table: str, numbers: Iterable[int]
) -> None:
    found = rows(table)

    assert sorted(found) == list(numbers)
    missing = [
        f"{number} {reference}"
        for number, rest in found.items()
        if not rest.startswith("- ")
        for reference in rest.split()
        if not is_there(reference)
    ]
    assert missing == []


def is_there(reference: str) -> bool:
    kind, _, name = reference.rpartition(":")
    if kind == "story":
        return (HERE.parent / "stories" / f"{name}.txt").is_file()
    if kind == "recipe":
        return f'"{name}' in (HERE.parent / "stories" / "test_recipes.py").read_text()
    file, _, test = reference.partition("::")
    source = HERE / f"{file}.py"
    return source.is_file() and bool(re.search(rf"^def {test}\(", source.read_text(), re.M))
