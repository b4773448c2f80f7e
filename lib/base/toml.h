// toml++, built the same way everywhere in one program.
#pragma once

// Version 3.3 asserts, or has the compiler assume, what malformed text does not keep: "[$". With
// neither it goes on to the check that reports it.
#pragma push_macro("NDEBUG")
#undef NDEBUG
#define TOML_ASSERT(expr) static_assert(true)
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")
