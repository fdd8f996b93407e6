// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Marks what the shared library exports; everything else stays hidden, so a
/// host never meets our symbols by accident.
#define BYOLLM_API __attribute__((visibility("default")))
