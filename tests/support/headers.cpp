// SPDX-License-Identifier: Apache-2.0
// Nothing: byollm_test_headers is what is precompiled.
