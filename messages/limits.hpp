// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// Every bound of the system, once. Sizes in bytes unless the name says other.
namespace byollm::limits {

using namespace std::chrono_literals;

// -- input --------------------------------------------------------------------
inline constexpr size_t key_bytes_max = 4'096;
/// Keys that were entered and are not stored yet, of the whole process: a
/// quarter of the locked memory, so that calls have the rest.
inline constexpr size_t entered_keys_max = 64;
inline constexpr size_t model_bytes_max = 256;
inline constexpr size_t url_bytes_max = 2'048;
inline constexpr size_t host_bytes_max = 253;
/// A tenant's certificates of authorities.
inline constexpr size_t ca_bundle_bytes_max = 256u << 10;
inline constexpr size_t ca_certificates_max = 100;
inline constexpr size_t messages_max = 10'000;
inline constexpr size_t request_bytes_max = 32u << 20;
/// Texts of one embeddings call: what OpenAI takes.
inline constexpr size_t embedding_texts_max = 2'048;
inline constexpr uint32_t embedding_dimensions_max = 65'536;
inline constexpr size_t stop_sequences_max = 16;
inline constexpr size_t stop_sequence_bytes_max = 1'024;
inline constexpr int64_t max_tokens_max = 10'000'000;
/// Answer tokens where the provider requires a bound and nobody set one.
inline constexpr int64_t max_tokens_default = 4'096;
/// Of a million tokens, in micro-units: a million units of currency.
inline constexpr uint64_t price_micro_max = 1'000'000'000'000;
/// Lines of usage that the store remembers between commits.
inline constexpr size_t usage_lines_cached_max = 65'536;
/// In one answer.
inline constexpr size_t usage_rows_max = 10'000;
inline constexpr size_t prices_max = 4'096;
/// Reads of the ledger, of usage and of lists of users that were asked for and
/// are not over; of them those for the pages, which leave room for others.
inline constexpr size_t reads_max = 64;
inline constexpr size_t reads_of_pages_max = 48;
/// Changes of a tenant's users, and of its rules, and of the platform, that
/// wait for those before them; and what shows them.
inline constexpr size_t changes_waiting_max = 256;
/// When who was refused for one of these may come back.
inline constexpr auto busy_retry = 1s;
/// Users with an LLM of their own, in one answer.
inline constexpr size_t users_listed_max = 500;

// -- master keys --------------------------------------------------------------
inline constexpr size_t master_keys_max = 64;
/// Keys that are wrapped anew in one commit.
inline constexpr size_t rewrap_batch = 256;

// -- tokens -------------------------------------------------------------------
inline constexpr size_t service_tokens_max = 1'024;
inline constexpr size_t call_token_bytes_max = 8u << 10;
inline constexpr size_t call_token_purposes_max = 32;
inline constexpr auto call_token_ttl = std::chrono::minutes{5};
inline constexpr auto call_token_ttl_max = std::chrono::hours{1};
inline constexpr size_t client_tokens_max = 100'000;
inline constexpr size_t client_tokens_per_user_max = 64;
inline constexpr uint32_t client_token_days_max = 3'650;
/// Single-use tokens that are remembered until they expire.
inline constexpr size_t used_tokens_max = 100'000;
/// Chat turns that call tokens hold open.
inline constexpr size_t open_turns_max = 100'000;
/// Call tokens that were ended and have not expired.
inline constexpr size_t ended_tokens_max = 100'000;

// -- people -------------------------------------------------------------------
/// A login link is good for so long, and for one use.
inline constexpr auto login_ticket_ttl = std::chrono::minutes{5};
inline constexpr size_t login_tickets_max = 10'000;
/// Tickets that are none; over it each further one that is none is told to come
/// later, until the window ends. Who has a ticket is let in.
inline constexpr uint32_t login_failures_max = 100;
inline constexpr auto login_failure_window = std::chrono::minutes{1};
inline constexpr auto session_lifetime = std::chrono::hours{12};
inline constexpr size_t sessions_max = 10'000;
/// One more ends the oldest.
inline constexpr size_t sessions_per_person_max = 16;
/// Requests of a page that one person has under way, in all their sessions.
inline constexpr size_t operations_per_person_max = 8;

// -- JSON and streams ---------------------------------------------------------
inline constexpr size_t json_depth_max = 64;
inline constexpr size_t stream_line_bytes_max = 8u << 20;
inline constexpr size_t stream_event_bytes_max = 8u << 20;
inline constexpr size_t tool_input_bytes_max = 8u << 20;
inline constexpr size_t answer_bytes_max = 64u << 20;
/// Of all answers that are under way, in steps of which each answer has one for
/// nothing; a tenant has as much as it leaves to others.
inline constexpr size_t answers_bytes_max = 512u << 20;
inline constexpr size_t answer_room_step = 256u << 10;
inline constexpr size_t content_blocks_max = 1'024;
/// Of one tool call in an answer; each byte is looked at, for the key. Some
/// gateways put a thought's signature into the id.
inline constexpr size_t tool_id_bytes_max = 4u << 10;
inline constexpr size_t tool_name_bytes_max = 256;
/// Ids and names of all tool calls of an answer.
inline constexpr size_t tool_labels_bytes_max = 256u << 10;
/// Of a list of models, and of all its names; the rest is left out.
inline constexpr size_t models_max = 4'096;
inline constexpr size_t models_bytes_max = 256u << 10;
/// What a client's request loses of one kind; the last says that there is more.
inline constexpr size_t losses_of_kind_max = 16;

// -- HTTP ---------------------------------------------------------------------
inline constexpr size_t http_header_bytes_max = 64u << 10;
inline constexpr size_t http_header_fields_max = 128;
inline constexpr size_t http_interim_responses_max = 8;
inline constexpr size_t http_chunk_extension_bytes_max = 4u << 10;
inline constexpr size_t error_body_bytes_max = 1u << 20;
inline constexpr size_t read_buffer_bytes = 16u << 10;

// -- our own HTTP server ------------------------------------------------------
/// Room for the largest request (`request_bytes_max`) and its JSON.
inline constexpr size_t http_body_bytes_max = 33u << 20;
/// Of all bodies that are not whole; who adds to them over it is answered 503.
inline constexpr size_t http_bodies_bytes_max = 512u << 20;
/// One more closes the one that waits longest for a request, else is answered
/// 503.
inline constexpr size_t http_connections_max = 4'096;
/// Open files that are not for connections: the store, the loops, the logs.
inline constexpr size_t descriptors_kept = 40;
/// Connections that are told 503 at a time; over it they are closed unheard.
inline constexpr size_t http_refusals_max = 64;
/// The last answer closes the connection.
inline constexpr size_t http_requests_per_connection_max = 10'000;
/// Requests that a loop begins, before what is under way has its turn again.
inline constexpr size_t http_arrivals_per_turn = 64;
/// So often a loop takes a request of a connection that was told to come later
/// (429, 503, 529), after so many at once. With the times that shed calls are
/// told, 3,000 clients of a loop that keep to them never wait.
inline constexpr auto http_turned_away_pace = 500us;
inline constexpr int http_turned_away_burst = 64;
/// Of a connection, for what was read and not parsed.
inline constexpr size_t http_read_buffer_bytes = 4u << 10;
/// Of a stream, waiting for its client; then the writer is asked to pause.
inline constexpr size_t http_stream_queue_bytes = 256u << 10;
/// From a request's first byte (or a connection's start) to its head's end.
inline constexpr auto http_head_timeout = 10s;
/// In this time must come so much of a body, or its rest.
inline constexpr auto http_body_timeout = 30s;
inline constexpr size_t http_body_progress_bytes = 64u << 10;
/// Between two requests of a connection.
inline constexpr auto http_idle_timeout = 75s;
/// In this time a client must take something of what waits for it.
inline constexpr auto http_write_timeout = 30s;
/// How long a client may take to read the last answer and close.
inline constexpr auto http_linger = 2s;

// -- time ---------------------------------------------------------------------
inline constexpr auto connect_timeout = 10s;
inline constexpr auto first_byte_timeout = 120s;
inline constexpr auto stream_idle_timeout = 60s;
inline constexpr auto call_timeout = 600s;
inline constexpr auto call_timeout_max = 3'600s;
inline constexpr auto pooled_idle_max = 55s;
/// How old our knowledge of this machine's own addresses may be.
inline constexpr auto own_addresses_age_max = 60s;
inline constexpr auto retry_after_max = 60s;
inline constexpr auto stop_deadline = 30s;

// -- keys that were replaced or deleted ---------------------------------------
/// How long calls go on with one: as long as a call has by itself.
inline constexpr auto key_drain = call_timeout;
inline constexpr auto key_drain_max = 24h;
/// Over it, the oldest drain ends early.
inline constexpr size_t keys_draining_max = 65'536;

// -- what an extension may do -------------------------------------------------
inline constexpr size_t policies_max = 1'024;
/// Purposes, or models, of one policy.
inline constexpr size_t policy_names_max = 256;
/// Users of extensions whose day is counted; over it the oldest are counted
/// anew from the ledger's sums when they call again.
inline constexpr size_t allowances_max = 65'536;

// -- workers of extensions ----------------------------------------------------
inline constexpr size_t workers_max = 1'024;
/// Of them with one service token.
inline constexpr size_t workers_per_token_max = workers_max / 4;
inline constexpr size_t functions_per_worker_max = 256;
inline constexpr size_t function_description_bytes_max = 8u << 10;
/// What is kept of the functions that a worker offers, of those that came with
/// one service token, and of all. A token's equal offers count once.
inline constexpr size_t offer_bytes_max = 4u << 20;
inline constexpr size_t offers_per_token_bytes_max = 16u << 20;
inline constexpr size_t offers_bytes_max = 64u << 20;
inline constexpr uint32_t worker_concurrency_max = 1'024;
inline constexpr auto invocation_timeout = 60s;
inline constexpr auto invocation_timeout_max = call_timeout_max;
/// Of what a failed function says.
inline constexpr size_t handler_error_bytes_max = 1u << 10;
inline constexpr size_t handler_error_type_bytes_max = 128;
/// Of the JSON Schema of one function's parameters, and how deep its schemas
/// lie in each other, references followed.
inline constexpr size_t schema_bytes_max = 64u << 10;
inline constexpr size_t schema_depth_max = 128;
/// How many states all patterns of a schema have, and what memory one has while
/// a text is held against it.
inline constexpr size_t schema_pattern_states_max = 16'384;
inline constexpr size_t schema_pattern_bytes_max = 256u << 10;
/// To hold arguments against it: about a tenth of a second of a loop.
inline constexpr uint64_t schema_check_steps_max = 10'000'000;
/// Of one line that an extension logs, fields and all.
inline constexpr size_t log_line_bytes_max = 8u << 10;
inline constexpr size_t log_fields_max = 32;
/// Between two signs of life on a stream of events.
inline constexpr auto event_keep_alive = 15s;
/// How often tokens that expired are looked for.
inline constexpr auto open_turn_sweep = 5s;

// -- tests of an LLM ----------------------------------------------------------
/// Tests and lists of models that a user (or the platform) may ask for in a
/// window: each is up to five requests.
inline constexpr uint32_t llm_tests_max = 6;
inline constexpr auto llm_test_window = 60s;
/// Users whose windows are open at a time.
inline constexpr size_t llm_test_users_max = 10'000;
/// For each of a test's requests.
inline constexpr auto llm_test_timeout = 60s;
inline constexpr int64_t llm_test_tokens_min = 1;
/// For a provider that takes no bound that small, and for a call of a tool.
inline constexpr int64_t llm_test_tokens_max = 64;

// -- retries (cascade.md) -----------------------------------------------------
inline constexpr uint32_t retries_max = 2;
inline constexpr uint32_t ambiguous_retries = 1;
inline constexpr auto retry_delay_first = 250ms;
inline constexpr auto retry_delay_max = 8s;
/// A tenant's retries in a window: so many, and this part of its calls.
inline constexpr auto retry_window = 10s;
inline constexpr uint32_t retries_in_window_min = 20;
inline constexpr uint32_t retries_in_window_percent = 10;
/// How long, and how far, a cancelled answer that the platform pays is read on
/// for its usage.
inline constexpr auto cancelled_drain_time_max = 5s;
inline constexpr size_t cancelled_drain_bytes_max = 1u << 20;

// -- circuit breakers (adr/0023) ----------------------------------------------
/// Attempts that fail in a row, and the least time from the first to the last:
/// what a moment breaks, the retries mend.
inline constexpr uint32_t breaker_failures = 5;
inline constexpr auto breaker_streak_min = 1s;
/// How long nothing is sent; doubled by each probe that fails.
inline constexpr auto breaker_open_first = 2s;
inline constexpr auto breaker_open_max = 30s;
/// After that long a probe that says nothing is not waited for.
inline constexpr auto breaker_probe_patience = 30s;

// -- concurrency --------------------------------------------------------------
inline constexpr uint32_t in_flight_per_tenant = 256;
inline constexpr uint32_t in_flight_total = 4'096;
/// A tenant takes another place only while it has fewer than so many times the
/// free ones (adr/0040).
inline constexpr uint32_t in_flight_share = 4;
/// This part of all places is kept for tenants that have few, which is at most
/// that part.
inline constexpr uint32_t in_flight_kept_part = 16;
inline constexpr uint32_t in_flight_few_part = 1'024;
/// When who was refused may come back: spread, so that they do not all at once.
inline constexpr auto shed_retry_min = 500ms;
inline constexpr auto shed_retry_max = 2'500ms;
inline constexpr uint32_t provider_in_flight = 256;
inline constexpr uint32_t provider_queue = 1'024;
inline constexpr uint32_t pooled_connections_idle = 256;
/// Of all isolation keys and loops, and as this part of the files that may be
/// open: one more closes the one that waits longest.
inline constexpr size_t idle_connections_all_max = 4'096;
inline constexpr size_t idle_connections_files_part = 4;
/// Without a file descriptor an attempt closes an idle connection and tries
/// again, so often.
inline constexpr uint32_t descriptor_tries_max = 3;
/// Names that are looked up at a time, of all loops: by one user, by a tenant's
/// users together; so many are kept for the platform's own.
inline constexpr size_t lookups_per_user = 2;
inline constexpr size_t lookups_per_tenant = 4;
inline constexpr size_t lookups_max = 16;
inline constexpr size_t lookups_kept = 4;
/// Names that wait for that; more are `dns_failed`.
inline constexpr size_t lookups_waiting_max = 4'096;
inline constexpr uint32_t calls_per_turn_max = 1'000;
/// Chat turns of a loop: all that call tokens hold, and as many beside them.
inline constexpr size_t turns_max = 2 * open_turns_max;
/// Turn actors that wait for reuse, per loop.
inline constexpr size_t turns_free_max = 1'024;
inline constexpr uint32_t attempts_max = 8;
inline constexpr uint32_t ledger_batch_max = 1'024;
inline constexpr uint32_t ledger_waiting_max = 65'536;
/// Beside them their outcomes fit.
inline constexpr uint32_t ledger_intents_waiting_max = ledger_waiting_max / 2;
/// Outcomes that the store could not take and is given again: those of all
/// calls in flight.
inline constexpr size_t ledger_owed_max = in_flight_total;
/// A checkpoint follows so many new records, or so much time, whichever comes
/// first.
inline constexpr uint64_t ledger_seal_records = 1'000;
inline constexpr auto ledger_seal_interval = 10s;
/// Records that are read back before appends have their turn again.
inline constexpr size_t ledger_seal_slice = 512;
/// Checkpoints that wait for an anchor that fails, and how long it is left.
inline constexpr size_t anchors_waiting_max = 1'024;
inline constexpr auto anchor_retry = 10s;
/// Kept free for the outcomes of calls in flight: 4 KiB each.
inline constexpr uint64_t ledger_reserve_bytes = in_flight_total * 4'096ull;
/// With less than this free there are no new calls.
inline constexpr uint64_t ledger_low_space_bytes = 64u << 20;
/// A commit that takes longer is a disk that does not answer.
inline constexpr auto ledger_stall = 2s;
/// So is a read that takes longer; a long one may take some seconds.
inline constexpr auto ledger_read_stall = 30s;
/// A closing store gives up after this long without any progress.
inline constexpr auto ledger_close_patience = 10s;
inline constexpr size_t tenants_active_max = 100'000;
inline constexpr auto tenant_idle = 5min;
/// Users of one tenant whose LLM, or that they have none, is remembered.
inline constexpr size_t users_remembered_per_tenant_max = 16'384;
inline constexpr auto provider_idle = 2min;

// -- metrics and traces (adr/0036, adr/0037) ----------------------------------
inline constexpr size_t metrics_connections_max = 16;
inline constexpr size_t tracestate_bytes_max = 1'024;
/// Spans that wait for the collector; more are dropped, and counted.
inline constexpr size_t spans_waiting_max = 4'096;
/// Spans in a request to it, and how long they may wait for others.
inline constexpr size_t spans_batch_max = 256;
inline constexpr auto spans_interval = 1s;
/// For one request to it, answer included; after a failure it is left alone.
inline constexpr auto collector_timeout = 5s;
inline constexpr auto collector_retry = 5s;
inline constexpr size_t collector_answer_bytes_max = 64u << 10;
/// A stop waits so long for what the collector has not taken.
inline constexpr auto spans_stop_patience = 1s;

// -- local owner socket -------------------------------------------------------
inline constexpr size_t owner_request_bytes_max = 33u << 20;
inline constexpr size_t owner_connections_max = 64;
inline constexpr size_t operation_members_max = 64;

} // namespace byollm::limits
