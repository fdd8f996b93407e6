// SPDX-License-Identifier: Apache-2.0
// What the calls of all three clients speak of. The same wishes, by our own
// types: tests/unit/clients/calls.cpp.
export const hello = [{ role: "user", content: "Hi" }];
export const image = "iVBORw0KGgo=";
export const image_url = "https://img.example.com/a.png";
/// As each client's helper for schemas leaves it.
export const schema = {
  type: "object",
  properties: { city: { type: "string" } },
  additionalProperties: false,
  required: ["city"],
};

/// A vector is of single precision, however it was written down.
export const as_floats = (vector) => vector.map(Math.fround);
