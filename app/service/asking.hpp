// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/service/parts.hpp"
#include "app/service/voice.hpp"

#include <functional>
#include <string>

namespace byollm::service {

// What all routes that ask an LLM do, whoever asks and in whatever words.

using use_turn_fn = std::function<void(const open_turn_ptr& turn)>;

/// Opens, or finds, the chat turn that the visit's token stands for, and calls
/// `use` with it, perhaps from inside; else tells `to` why there is none.
void with_turn(parts& of, const visit_ptr& v, const voice_ptr& to,
               use_turn_fn use);

/// Returns what a call of `turn` is part of: the trace that its request came
/// with, else the turn's, else the one that began with the request.
trace_headers trace_for(const visit& v, const open_turn& turn);

/// Makes `request` part of that, unless its body names a trace and no header
/// does.
void join_trace(const visit& v, const open_turn& turn,
                create_message_request& request);

/// Has an access log tell whose chat turn it is, which is open: its names are
/// names.
void note_whose(http::exchange& at, const turn_request& turn);

/// Counts a call on a turn's token. Errors: `forbidden` for a purpose that the
/// token is not for, `limit_exceeded`.
status may_call(open_turn& turn, const std::string& purpose);

/// As `with_turn`, for a call: one that the token does not allow is refused,
/// and in the ledger, too.
void for_call(parts& of, const visit_ptr& v, const std::string& purpose,
              const voice_ptr& to, use_turn_fn use);

using done_fn = std::function<void(expected<message_reply>)>;

/// Starts a call that ends with `done`.
using start_fn = std::function<call(const llm_accessor& llm, done_fn done)>;

/// Makes a call and answers with its end. A client that is gone ends it.
void ask(const open_turn_ptr& turn, const http::exchange_ptr& at,
         const voice_ptr& to, const start_fn& start);

/// The same for an answer to messages, whole or in pieces.
void ask_whole(const open_turn_ptr& turn, create_message_request request,
               const http::exchange_ptr& at, const voice_ptr& to);
void ask_stream(const open_turn_ptr& turn, create_message_request request,
                const http::exchange_ptr& at, const voice_ptr& to);

} // namespace byollm::service
