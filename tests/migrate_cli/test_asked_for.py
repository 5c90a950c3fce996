"""What people ask for about knowing beforehand and afterwards, row by row: the tests that show it.

The rows are numbered as in the lists of demands and of Alembic's limits that this tool is held against.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROWS = """
demand-4 test_lint::test_a_rule_fires test_lint::test_no_rule_fires test_lint::test_only_what_a_branch_brings_is_judged
demand-4 test_lint_locks::test_the_safe_form_takes_the_lesser_lock_while_it_reads
demand-12 test_plan::test_nothing_is_done_and_each_change_is_told test_plan::test_the_size_of_a_table_comes_from_the_statistics
demand-12 test_plan::test_a_script_is_known_up_to_its_first_read test_dry_run::test_all_is_done_and_nothing_stays
demand-13 test_lint::test_a_rule_fires test_against_rows::test_what_rows_stand_against_is_refused_by_name
demand-15 test_lint::test_a_rule_fires
demand-22 test_plan::test_an_unknown_revision_in_the_database_is_named_and_there_is_a_plan
demand-22 test_commands_database::test_a_revision_without_a_file_is_shown_and_breaks_nothing
demand-23 test_resume::test_an_invalid_index_is_built_anew test_timeouts::test_an_index_that_was_built_half_is_built_anew
demand-29 test_timeouts::test_setting_revision_and_change_say_how_long test_timeouts::test_what_only_missed_its_lock_is_tried_again
demand-29 compat/test_waiting::test_a_run_that_only_missed_its_lock_is_begun_again
demand-34 test_status_exit::test_each_way_not_to_be_in_sync_has_its_status
demand-42 test_amend::test_it_says_what_the_models_say_now test_amend::test_rows_that_would_be_lost_are_lost_only_by_who_says_so
demand-46 test_journal::test_each_statement_is_written_down test_journal::test_what_failed_is_written_down_where_the_table_is
demand-47 test_verify::test_what_counts_is_what_the_file_says test_verify::test_a_comment_never_counts
demand-50 test_gates::test_data_is_lost_only_by_who_says_so test_gates::test_a_terminal_is_asked
demand-65 test_gates::test_a_downgrade_over_an_irreversible_revision_stops_before_it_starts
demand-73 test_plan::test_markdown_folds_the_sql_and_escapes_what_is_no_sign_of_ours
LIM-077 test_journal::test_each_statement_is_written_down
LIM-078 test_verify::test_what_counts_is_what_the_file_says
LIM-106 test_lint::test_a_rule_fires
LIM-111 test_dry_run::test_all_is_done_and_nothing_stays test_dry_run::test_where_ddl_commits_nothing_is_run
"""
HERE = Path(__file__).parent


@pytest.mark.parametrize("row", ROWS.strip().splitlines(), ids=lambda row: row.split()[0])
def test_a_row_is_shown_by_tests_that_are_there(row: str) -> None:
    _, *tests = row.split()

    for file, _, test in (one.partition("::") for one in tests):
        source = (HERE / f"{file}.py").read_text("utf-8")
        assert re.search(rf"^(?:async )?def {test}\(", source, re.M), f"{file}::{test}"
