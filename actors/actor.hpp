// SPDX-License-Identifier: Apache-2.0
#pragma once

// What every actor of ours needs of CAF.

#include "messages/protocol/interfaces.hpp"

#include <caf/actor_cast.hpp>
#include <caf/result.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>
