// SPDX-License-Identifier: Apache-2.0
// A shared library needs a source of its own; the API is in the archives.
#include "app/byollm.hpp"
