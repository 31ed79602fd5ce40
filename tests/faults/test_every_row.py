"""Which test provokes which fault: one line for each row and bullet that must hold.

What is proven for real elsewhere is not doubled here; this map says where, and cannot rot.
"""

import ast
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]

QUEUE_AND_WORKER = {
    "pool child killed": [
        "faults/test_killed_workers.py::"
        "test_a_picture_that_kills_its_process_is_given_up_and_the_99_beside_it_are_ready",
        "faults/test_killed_workers.py::"
        "test_a_process_that_is_killed_amid_a_batch_costs_one_attempt_and_no_picture",
    ],
    "whole worker killed": [
        "faults/test_stopped_workers.py::"
        "test_what_a_killed_worker_held_is_handed_on_when_its_lease_ends",
    ],
    "broker refuses, or accepts and never answers": [
        "faults/test_broker.py::"
        "test_a_save_in_the_admin_is_answered_at_once_and_embedded_when_the_broker_is_back",
        "faults/test_broker.py::test_asking_in_the_admin_to_embed_again_is_answered_at_once",
        "test_tasks.py::test_a_dead_broker_never_holds_up_or_fails_a_save",
        "photos/test_client.py::test_a_dead_broker_costs_less_than_the_deadline",
    ],
    "publish raises after commit": [
        "faults/test_broker.py::"
        "test_what_the_shop_itself_does_after_the_commit_is_done_all_the_same",
        "faults/test_broker.py::test_a_task_that_cannot_even_be_sent_fails_no_save",
    ],
    "Redis restarted, nothing persisted": [
        "faults/test_redis_restarted.py::"
        "test_what_the_queue_forgot_the_sweep_finds_and_no_attempt_is_lost",
    ],
    "old picture's task ends last": [
        "faults/test_interleavings.py::"
        "test_an_old_picture_never_overwrites_a_newer_one_in_100_of_100_rounds",
        "indexing/test_claims.py::test_the_result_of_an_old_picture_never_overwrites_a_newer_one",
        "indexing/test_claims.py::test_a_picture_that_the_shop_is_changing_right_now_is_let_go",
    ],
    "poison picture in a batch": [
        "faults/test_killed_workers.py::"
        "test_a_picture_that_kills_its_process_is_given_up_and_the_99_beside_it_are_ready",
        "indexing/test_worker.py::test_a_bad_picture_fails_alone_and_a_new_file_tries_again",
        "test_tasks.py::test_a_bad_picture_fails_and_the_others_become_ready",
    ],
    "deploy (clean stop)": [
        "faults/test_stopped_workers.py::test_a_worker_asked_to_stop_ends_its_batch_first",
        "faults/test_stopped_workers.py::"
        "test_a_worker_that_must_stop_amid_a_batch_gives_the_attempts_back",
        "faults/test_lost_drains.py::test_a_worker_asked_to_stop_ends_its_drain_first",
        "faults/test_lost_drains.py::"
        "test_a_worker_that_must_stop_amid_a_drain_gives_the_attempts_back",
    ],
    "weights or storage missing for a while": [
        "faults/test_surroundings.py::"
        "test_pictures_wait_without_losing_an_attempt_while_the_storage_is_away",
        "indexing/test_storage_away.py::test_a_worker_at_the_wrong_disk_fails_nothing_and_counts_no_attempt",
        "faults/test_resnet50_worker.py::"
        "test_pictures_wait_for_weights_and_are_embedded_within_a_minute_of_their_coming",
    ],
    "fork after TensorFlow ran": [
        "faults/test_resnet50_worker.py::"
        "test_pictures_wait_for_weights_and_are_embedded_within_a_minute_of_their_coming",
        "test_checks.py::test_checks_ask_no_database_and_import_no_tensorflow",
        "embedders/test_embedders.py::test_importing_an_embedder_imports_no_tensorflow",
        "test_templatetags.py::"
        "test_a_web_process_that_served_a_carousel_has_not_imported_tensorflow",
        "photos/test_client.py::test_the_web_process_never_imports_tensorflow",
    ],
    "memory": [
        "faults/test_resnet50_worker.py::"
        "test_500_pictures_grow_a_worker_by_less_than_100_megabytes",
        "embedders/test_resnet50.py::test_500_pictures_grow_the_process_by_less_than_100_megabytes",
    ],
    "two saves of one product at once": [
        "faults/test_simultaneous.py::test_what_both_have_saved_is_indexed",
        "faults/test_simultaneous.py::"
        "test_the_words_are_of_the_colours_of_the_picture_that_is_first_then",
    ],
    "a save or a deletion beside a worker that drains": [
        "faults/test_simultaneous.py::"
        "test_no_save_waits_for_a_worker_that_reads_and_none_is_missed",
        "faults/test_simultaneous.py::"
        "test_no_save_fails_beside_a_worker_that_writes_and_none_is_missed",
        "faults/test_simultaneous.py::"
        "test_a_deletion_that_is_not_yet_committed_holds_up_no_other_product",
    ],
    "killed before the note, after it, before the commit": [
        "faults/test_killed_saves_and_drains.py::"
        "test_a_save_that_is_killed_in_its_transaction_leaves_nothing_or_is_indexed",
        "faults/test_killed_saves_and_drains.py::"
        "test_a_save_that_is_killed_between_its_commit_and_its_note_is_found_by_reconciling",
    ],
    "killed after the claim, after the compare, before the commit": [
        "faults/test_killed_saves_and_drains.py::"
        "test_a_worker_that_is_killed_amid_a_drain_loses_no_change",
        "faults/test_killed_saves_and_drains.py::"
        "test_a_drain_whose_connection_is_cut_costs_no_attempt",
    ],
    "a product whose comparing ends its worker": [
        "faults/test_lost_drains.py::"
        "test_a_product_that_ends_its_worker_is_given_up_and_the_others_are_indexed",
    ],
    "rolled-back save": [
        "faults/test_saves.py::test_a_rolled_back_save_leaves_no_row_and_rings_nothing",
        "test_receivers.py::test_a_save_after_a_rolled_back_one_still_rings",
    ],
    "fixtures, imports": [
        "faults/test_saves.py::test_loading_fixtures_is_noted_for_the_sweep_and_rings_nothing",
        "faults/test_saves.py::test_an_import_that_pauses_the_hooks_notes_nothing_and_rings_nothing",
        "faults/test_saves.py::test_many_saves_in_one_transaction_ring_once",
        "faults/test_saves.py::test_saves_within_the_interval_ring_once",
        "test_receivers.py::test_a_thousand_saves_in_one_transaction_ring_once",
    ],
    "bulk_create, update, restored backup, SQL": [
        "indexing/reconcile/test_full_pass.py::test_bulk_created_products_are_found",
        "indexing/reconcile/test_full_pass.py::test_queryset_updates_are_found",
        "indexing/reconcile/test_restored.py::test_rows_of_yesterday_and_files_of_today_are_made_to_agree",
        "indexing/reconcile/test_sweep.py::test_once_a_day_it_finds_what_sent_no_signal",
        "commands/test_vrs_reconcile.py::"
        "test_it_tells_what_it_repaired_and_enqueues_and_a_second_run_finds_nothing",
        "commands/test_vrs_embed.py::"
        "test_what_sent_no_signal_is_found_and_a_second_run_finds_nothing",
        "faults/test_saves.py::test_deleting_a_product_in_sql_takes_its_rows_along",
    ],
    "same name, new bytes": [
        "faults/test_saves.py::test_new_bytes_under_the_same_name_are_embedded_anew",
        "indexing/test_file_changes.py::test_a_file_field_that_writes_over_the_old_file",
        "faults/test_saves.py::test_a_new_price_reads_no_file_and_runs_no_model",
        "test_receivers.py::test_a_new_price_reads_no_file_and_asks_for_no_embedding",
    ],
    "pools that ignore time limits": [
        "faults/test_time_limits.py::"
        "test_a_picture_that_never_ends_is_stopped_and_given_up_and_the_others_are_ready",
        "faults/test_time_limits.py::"
        "test_every_worker_that_we_start_or_tell_of_has_a_pool_that_keeps_time_limits",
    ],
    "a backlog starves photo search": [
        "test_compose.py::test_photos_and_products_have_a_worker_each",
        "test_checks.py::test_E017_photos_and_products_do_not_wait_in_one_queue",
    ],
    "worker settings": [
        "faults/test_worker_settings.py::test_the_shop_has_the_settings_that_were_found_right",
        "faults/test_worker_settings.py::test_no_task_of_ours_is_tried_again_and_again",
        "test_compose.py::test_redis_forgets_no_task",
    ],
}

POSTGRESQL_AND_PGVECTOR = {
    "pgvector 0.8.4 or newer": [
        "reports/test_diagnostics.py::test_a_pgvector_with_known_faults_is_told",
        "infra/test_migration_operations.py::test_an_extension_that_is_too_old_names_the_statement_that_helps",
        "test_compose.py::test_the_database_has_a_pgvector_without_known_faults",
    ],
    "filter starvation, dead tuples, LIMIT above ef_search": [
        "queries/test_knn.py::test_a_filter_of_few_finds_the_truly_nearest",
        "queries/test_knn.py::test_a_filter_that_keeps_what_lies_far_away_finds_the_truly_nearest",
        "faults/test_postgresql.py::test_dead_neighbours_that_nobody_vacuumed_shorten_no_answer",
        "queries/test_knn.py::test_more_rows_than_the_index_looks_at_are_found",
    ],
    "an index that is silently not used": [
        "queries/test_knn.py::test_the_query_takes_the_index_of_its_space",
        "contrib/merchandising/test_curation.py::test_the_index_is_taken_with_hides_in_the_search",
    ],
    "SET LOCAL leaks, a setting from before pgvector is loaded": [
        "queries/test_knn.py::test_a_search_leaves_no_setting_behind",
        "queries/test_knn.py::test_a_search_inside_a_transaction_undoes_nothing_of_it",
        "faults/test_postgresql.py::"
        "test_the_settings_hold_on_a_connection_that_has_not_loaded_pgvector_yet",
    ],
    "zero, NaN and huge vectors": [
        "indexing/test_worker.py::test_a_vector_without_a_direction_is_never_stored",
    ],
    "wrong dimensions, vectors in lists and forms": [
        "faults/test_postgresql.py::test_a_vector_of_other_dimensions_is_never_stored",
        "faults/test_postgresql.py::test_no_list_no_page_and_no_form_fetches_a_vector",
        "admin/test_admin.py::test_no_page_of_ours_shows_a_vector",
        "queries/test_fallback.py::test_no_vector_travels_that_is_not_asked_for",
        "test_receivers.py::test_deleting_a_product_reads_no_vector",
    ],
    "an index that is left invalid": [
        "faults/test_postgresql.py::test_an_index_whose_building_was_cut_short_is_seen_and_mended",
        "reports/test_diagnostics.py::test_a_broken_index_is_told",
    ],
}

WEB = {
    "a database error inside a page": [
        "faults/test_web.py::"
        "test_an_error_in_our_tables_keeps_the_rest_of_a_page_that_is_one_transaction",
        "test_templatetags.py::test_an_error_of_ours_leaves_the_pages_transaction_usable",
        "test_templatetags.py::test_a_page_is_served_while_our_tables_are_away",
        "queries/test_knn.py::test_an_error_in_a_search_leaves_the_callers_transaction_usable",
    ],
    "a connection that is cut inside a caller's transaction": [
        "faults/test_cut_connections.py::test_a_product_that_was_saved_with_its_picture_is_there",
        "faults/test_cut_connections.py::test_a_picture_that_was_deleted_is_gone",
        "faults/test_cut_connections.py::test_what_a_page_wrote_beside_a_carousel_is_there",
        "faults/test_cut_connections.py::"
        "test_an_order_that_was_taken_beside_a_note_of_it_is_there",
        "infra/test_transactions.py::test_the_caller_hears_where_there_is_nothing_left_to_go_back_to",
    ],
    "throttles under changing X-Forwarded-For, simultaneous work, large files": [
        "api/test_photo.py::test_its_rate_holds_under_changing_forwarded_addresses",
        "api/test_http.py::test_behind_known_proxies_the_forwarded_address_counts",
        "api/test_photo.py::test_the_cap_holds_for_visitors_from_anywhere",
        "photos/test_semaphore.py::"
        "test_so_many_are_let_in_at_once_and_one_more_is_told_when_to_come_again",
        "api/test_photo.py::test_what_is_too_large_is_refused_before_it_is_read",
    ],
    "visibility is decided at each request": [
        "queries/test_similar.py::test_hidden_products_are_never_shown_and_shown_again_at_once",
        "api/test_similar.py::test_what_is_hidden_is_gone_from_the_next_answer",
        "api/test_search.py::test_what_is_hidden_is_gone_from_the_next_answer",
    ],
    "names that are markup": [
        "faults/test_web.py::test_names_that_are_markup_run_nothing_on_any_page",
        "shop/test_views.py::test_names_and_descriptions_are_escaped",
    ],
    "no picture by URL, no photo through the broker": [
        "api/test_photo.py::test_a_value_that_cannot_be_is_named_with_the_way_out",
        "photos/test_client.py::"
        "test_the_photo_lies_in_the_cache_for_seconds_and_never_in_the_broker",
    ],
    "the API's documentation under a strict policy": [
        "api/test_browser.py::test_the_documentation_works_under_the_shops_own_policy",
    ],
    "tests that never commit, eager tasks": [
        "faults/test_saves.py::test_a_saved_picture_rings_when_the_transaction_has_committed",
        "faults/test_saves.py::"
        "test_no_test_and_no_shop_of_ours_runs_its_tasks_in_the_saving_process",
    ],
}

PICTURES = {
    "every case of the hostile corpus": [
        "test_hostile_pipeline.py::"
        "test_each_hostile_picture_ends_with_its_verdict_and_harms_no_other",
        "test_hostile_photos.py::"
        "test_each_hostile_photo_is_answered_with_products_or_with_what_to_do",
        "test_hostile_memory.py::test_no_hostile_file_takes_more_memory_than_the_settings_allow",
    ],
}

EVERY_ROW = QUEUE_AND_WORKER | POSTGRESQL_AND_PGVECTOR | PICTURES | WEB


@cache
def names_in(file: str) -> set[str]:
    tree = ast.parse((TESTS / file).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("row", EVERY_ROW)
def test_each_fault_is_provoked_by_a_test_that_is_there(row: str) -> None:
    assert EVERY_ROW[row]
    for name in EVERY_ROW[row]:
        file, _, test = name.partition("::")
        assert test in names_in(file), name
