// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/service/routes.hpp"
#include "messages/errors.hpp"

namespace byollm::service {

/// Checks the token or the session that a route asks for, and puts whose it is
/// into `v`. Only the head of `asked` is looked at. Refused: none or a wrong
/// one (`unauthenticated`), and one that may not do this (`forbidden`).
status let_in(parts& of, asks who, const http::request& asked, visit& v);

} // namespace byollm::service
