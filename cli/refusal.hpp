#pragma once

#include <string>

#include "cli/exit_code.hpp"
#include "domain/result.hpp"

namespace postern::cli {

/// A refusal of the domain in words for whoever typed the command; `what` is what was being done.
[[nodiscard]] CommandError refusal(const std::string& what, const domain::Error& error);

/// The value, or CommandError (kRefused).
template <class T>
T expect(domain::Result<T> result, const std::string& what) {
  if (!result.ok()) throw refusal(what, result.error());
  return std::move(result).value();
}

}  // namespace postern::cli
