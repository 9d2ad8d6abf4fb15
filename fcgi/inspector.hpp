#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fcgi/request.hpp"
#include "fcgi/settings.hpp"

namespace postern::fcgi {

enum class Verdict {
  More,    ///< sound so far, not whole
  Whole,   ///< may be handed to libfcgi
  Refuse,  ///< the peer is owed a complete answer with `status`
  Drop,    ///< no FastCGI request: close without a word
};

/// What is known of a request from the bytes that have arrived. Views point into the Inspector and
/// live until its next inspect().
struct Inspection {
  Verdict verdict = Verdict::More;
  int status = 0;
  std::uint16_t request_id = 0;
  Role role = Role::Responder;
  bool has_all_params = false;
  std::vector<std::pair<std::string_view, std::string_view>> params;
  std::size_t body_size = 0;  ///< to be read; 0 in the Authorizer role and on the gate's socket
  /// Where no body is read: STDIN's end came too, and nothing behind it.
  bool input_ended = false;
};

/// Judges a request while it still lies in the kernel's buffer, so that libfcgi meets only what it
/// is known to handle (CVE-2025-23016, and what its patch left):
/// - BEGIN_REQUEST for a Responder or Authorizer, then PARAMS, then (Responder on the api's socket)
///   STDIN, all of one request id; management records, aborts, other roles and a second request are
///   dropped. Padding after BEGIN_REQUEST and after the empty PARAMS is dropped too: libfcgi
///   forgets to skip it and would take it for the next record;
/// - names and values inside their limits and the stream, known before any memory is reserved: 431;
/// - no name twice but of headers that are lists and decide nothing, no '=' or unprintable
///   character in a name, no control character in a value: 400;
/// - CONTENT_LENGTH empty, absent or a number (else 400), within the limit (else 413, without
///   waiting for the body), and exactly what STDIN holds (else 400).
/// Where no body is read (Authorizer role, gate's socket) CONTENT_LENGTH is not looked at and
/// nothing after the params is waited for: lighttpd ends no STDIN there.
class Inspector {
 public:
  Inspector(Door door, const LimitSettings& limits) : door_(door), limits_(limits) {}

  /// Looks at a request from its first byte. Call again with more bytes after Verdict::More.
  const Inspection& inspect(std::string_view bytes);

  /// No sound request is longer, however it is cut into records.
  [[nodiscard]] std::size_t max_bytes() const {
    return 2 * (limits_.params + limits_.body) + std::size_t{16} * 1024;
  }

 private:
  bool read_begin();
  bool read_params();
  void read_body();
  bool parse_pairs(bool complete);
  void judge_params();
  bool find_body_size();
  [[nodiscard]] bool only_end_of_input_is_left() const;
  bool stop(Verdict verdict, int status = 0);

  Door door_;
  LimitSettings limits_;
  Inspection seen_;
  std::string_view rest_;  ///< what has not been judged yet
  std::string params_;     ///< the PARAMS stream's content
};

}  // namespace postern::fcgi
