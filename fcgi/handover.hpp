#pragma once

#include "fcgi/unique_fd.hpp"

namespace postern::fcgi {

/// How a gate's worker hands a visitor's connection to a resolver (SCM_RIGHTS, unix(7)): a queue in
/// the kernel that every worker of the two crews shares. A connection in it outlives whoever put it
/// there; who takes it out has it alone. Nothing has been read from such a connection.
class Handover {
 public:
  /// Throws std::system_error.
  Handover();

  [[nodiscard]] int giving_end() const { return giving_.get(); }
  [[nodiscard]] int taking_end() const { return taking_.get(); }

 private:
  UniqueFd giving_, taking_;
};

/// Does not wait. False: the queue is full (some 250 connections), or refuses.
[[nodiscard]] bool give_connection(int giving_end, int connection);
/// Does not wait. None: the queue is empty.
[[nodiscard]] UniqueFd take_connection(int taking_end);

}  // namespace postern::fcgi
