#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fcgi/inspector.hpp"
#include "fcgi/request.hpp"
#include "fcgi/request_id.hpp"
#include "fcgi/response.hpp"
#include "fcgi/settings.hpp"
#include "fcgi/unique_fd.hpp"

struct FCGX_Request;

namespace postern::fcgi {

/// A request off the wire. `refused` is the status it must be answered with, 0 for a sound one;
/// a refused request holds what was understood of it, for the shape of the answer and the log.
struct Received {
  Request request;
  int refused = 0;
};

/// The wall before libfcgi: one connection, one request, one complete answer.
///
/// The request is peeked at, whole, in the kernel's buffer (MSG_PEEK) and judged there (Inspector)
/// before libfcgi reads its first byte; so libfcgi never waits for a peer, never sees the records
/// that crash it, and no signal can cut a request short. What the two make of it is compared, and
/// any difference ends the connection. Costs one system call and one copy of a request's bytes.
///
/// Bounds: the first byte within 2 s, the whole request within receive_timeout however it drips;
/// sizes as in LimitSettings. A request must fit the kernel's socket buffer. On a
/// unix socket every write counts there with its overhead: some 270 tiny writes fill it (70 for a
/// peer that waits for writability each time), or 90 KiB in pieces of 1 KiB, 180 KiB in pieces of
/// 4 KiB. Who sends that unevenly is dropped at receive_timeout; web servers write 4 KiB and more
/// at a time. FCGI_KEEP_CONN is not honoured: a kept connection would hold its worker.
/// Where no complete answer can be given, the connection is closed without
/// END_REQUEST, since an ended request without output lets the visitor in on lighttpd.
///
/// Expects SIGPIPE to be handled and the worker's signals to be blocked.
class Wire {
 public:
  Wire(Door door, const ServerSettings& settings);
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  /// Takes one request from a fresh connection. None: nothing that could be answered came, and the
  /// connection is closed. Else send() must follow.
  [[nodiscard]] std::optional<Received> receive(UniqueFd connection);

  /// Answers what receive() returned and closes. False: the peer did not take the whole answer.
  bool send(const Response& response, bool head_only);

 private:
  using Deadline = std::chrono::steady_clock::time_point;

  const Inspection* await_request();
  const Inspection* await_rest(Deadline deadline);
  const Inspection* look(int flags);
  bool hand_over(const Inspection& seen, std::string& body);
  bool read_body(std::string& body);
  bool send_records(std::string_view text);
  bool send_by_libfcgi(std::string_view text);
  void abandon();
  void linger(std::chrono::milliseconds bound);

  Inspector inspector_;
  Door door_;
  std::chrono::seconds receive_timeout_;
  RequestIds ids_;
  UniqueFd arrivals_;  ///< epoll: tells of each arrival on a connection that is not whole yet
  UniqueFd connection_;
  std::vector<char> buffer_;
  std::uint16_t request_id_ = 0;
  bool handed_over_ = false;
  std::unique_ptr<FCGX_Request> fcgx_;
};

}  // namespace postern::fcgi
