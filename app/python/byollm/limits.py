# SPDX-License-Identifier: Apache-2.0
"""Every bound of the package, once. Bytes and seconds unless a name says other.

Those with a twin in messages/limits.hpp have its value.
"""

# -- HTTP ---------------------------------------------------------------------
HEAD_BYTES_MAX = 64 << 10
HEADER_FIELDS_MAX = 128
INTERIM_RESPONSES_MAX = 8
CHUNK_LINE_BYTES_MAX = 4 << 10
READ_BYTES = 64 << 10
PROVIDER_ANSWER_BYTES_MAX = 64 << 20
# A reply has its text twice, as `text` and in `content`, and some more beside.
ANSWER_BYTES_MAX = 2 * PROVIDER_ANSWER_BYTES_MAX + (1 << 20)
ERROR_BODY_BYTES_MAX = 1 << 20
REQUEST_BYTES_MAX = 32 << 20
# `event: reply` is the whole reply, in one line.
STREAM_LINE_BYTES_MAX = ANSWER_BYTES_MAX
STREAM_EVENT_BYTES_MAX = ANSWER_BYTES_MAX
IDLE_CONNECTIONS_MAX = 32
IDLE_CONNECTION_AGE_MAX = 55.0

# -- time ---------------------------------------------------------------------
CONNECT_TIMEOUT = 10.0
REQUEST_TIMEOUT = 30.0
CALL_TIMEOUT = 600.0
CALL_TIMEOUT_MAX = 3600.0
# The daemon's own time-out says more than ours, so it comes first.
CALL_TIMEOUT_GRACE = 5.0

# -- logs of extensions -------------------------------------------------------
LOG_LINES_WAITING_MAX = 1_000
LOG_LINE_BYTES_MAX = 8 << 10
LOG_FIELDS_MAX = 32
LOG_FLUSH_TIMEOUT = 2.0

# -- the agentic loop ---------------------------------------------------------
ROUNDS_DEFAULT = 10
TOOLS_AT_A_TIME = 16
TOOL_RESULT_CHARS_MAX = 256 << 10

# -- workers ------------------------------------------------------------------
ANSWER_TRIES = 5
CONCURRENCY_DEFAULT = 16
ERROR_TYPE_CHARS_MAX = 128
ERROR_MESSAGE_CHARS_MAX = 2_000
DEBUG_MESSAGE_CHARS_MAX = 16_000
RECONNECT_DELAY_FIRST = 0.1
RECONNECT_DELAY_MAX = 5.0
DRAIN_TIMEOUT = 30.0
