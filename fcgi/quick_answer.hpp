#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "fcgi/response.hpp"

namespace postern::fcgi {

/// One answer in memory that is used again for the next: written as it goes to the peer, headers
/// and FastCGI records in one piece.
class QuickAnswer {
 public:
  QuickAnswer();

  /// Begins a 200 without a body, with the same headers as every Response(200).
  void start();
  /// False where Response::set() would throw: the answer must not be sent then. `name` is ours.
  [[nodiscard]] bool set(std::string_view name, std::string_view value);
  void finish();
  /// Instead of the three: any answer at all.
  void take(const Response& response, bool head_only);

  [[nodiscard]] int status() const { return status_; }
  /// What goes to the peer: STDOUT in as few records as can be, its end, END_REQUEST. Lives until
  /// the next start() or take().
  [[nodiscard]] std::string_view records(std::uint16_t request_id);

  /// For the log.
  std::string_view route;
  std::string account;

 private:
  std::string opening_;  ///< of a 200
  std::string text_;     ///< a record's header, then the CGI answer
  int status_ = 0;
};

}  // namespace postern::fcgi
