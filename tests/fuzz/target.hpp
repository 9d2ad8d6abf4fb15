#pragma once

#include <cstddef>
#include <span>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace postern::fuzz {

/// Something that a target promises of every input does not hold.
class BrokenPromise : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};
inline void promise(bool held, const char* what) {
  if (!held) throw BrokenPromise(what);
}

/// Hands one input to code that reads what strangers send. The answer: whether that took it as
/// good. Throws BrokenPromise; whatever else it throws is a finding as well.
using Run = bool (*)(std::string_view input);

struct Target {
  const char* name;  ///< its function, its file in targets/, and its folder in corpus/
  Run run;
  std::size_t rounds;  ///< inputs that each run of the tests makes from the corpus
};
[[nodiscard]] std::span<const Target> targets();

/// The input's first `count` - 1 lines and all that is left; what is not there is "". For targets
/// that take several texts.
[[nodiscard]] std::vector<std::string_view> parts(std::string_view input, std::size_t count);

}  // namespace postern::fuzz
