#pragma once

#include <cstddef>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

namespace postern::bench {

/// Does something so many times, one after the other.
using Run = std::function<void(std::size_t times)>;

/// One thing that is measured.
struct Operation {
  std::string_view name;   ///< on the command line and in bench/instructions.json
  std::string_view title;  ///< in the report
  /// Makes ready all that it works with, the same in every process. Throws where the operation does
  /// not do what its title says: its figures would mean nothing.
  Run (*prepare)();
};

/// Those of this program, by name.
[[nodiscard]] std::vector<Operation> operations();
/// Null: there is none of that name.
[[nodiscard]] const Operation* find_operation(std::string_view name);

/// A constant of this type in a *_benchmark.cpp is all that an operation needs to be known.
struct Registered {
  explicit Registered(Operation operation);
};

/// The loop stands around the body itself, so that nothing is paid for a call of a call.
template <class Body>
[[nodiscard]] Run repeat(Body body) {
  return [body = std::move(body)](std::size_t times) mutable {
    for (std::size_t i = 0; i < times; ++i) body();
  };
}

/// Makes the compiler compute `value` although nobody reads it.
template <class T>
void keep(const T& value) {
  asm volatile("" : : "r,m"(value) : "memory");
}

/// For prepare().
void must(bool holds, std::string_view what);

}  // namespace postern::bench
