#pragma once

#include "fcgi/inspector.hpp"
#include "fcgi/quick_answer.hpp"

namespace postern::fcgi {

/// What a gate's worker knows: the answers that need no waiting.
class Desk {
 public:
  virtual ~Desk() = default;
  /// `seen` is a whole and sound request. False: this needs more than is at hand; a resolver is to
  /// answer. Must not wait for anything.
  [[nodiscard]] virtual bool answer(const Inspection& seen, QuickAnswer& answer) = 0;
  /// The answer where nobody can: no resolver has room, or time ran out.
  virtual void refuse(const Inspection& seen, int status, QuickAnswer& answer) = 0;
};

}  // namespace postern::fcgi
