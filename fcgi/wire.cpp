#include "fcgi/wire.hpp"

#include <fcgiapp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "fcgi/assemble.hpp"
#include "fcgi/record.hpp"

namespace postern::fcgi {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kFirstByte{2};
constexpr milliseconds kLinger{200};
constexpr std::size_t kFirstLook = std::size_t{16} * 1024;

/// libfcgi's own waits, which the wall makes needless, cut to what cannot hurt.
void prepare_libfcgi() {
  setenv("LIBFCGI_OS_CLOSE_POLL_TIMEOUT", "50", 1);
  setenv("LIBFCGI_IS_AF_UNIX_KEEPER_POLL_TIMEOUT", "100", 1);
  if (FCGX_Init() != 0) throw std::runtime_error("libfcgi could not be initialised");
}

void set_timeout(int fd, int option, std::chrono::seconds timeout) {
  const timeval value{timeout.count(), 0};
  setsockopt(fd, SOL_SOCKET, option, &value, sizeof(value));
}

int milliseconds_until(Clock::time_point deadline) {
  const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now()).count();
  return static_cast<int>(std::max<decltype(left)>(left, 0));
}

}  // namespace

Wire::Wire(Door door, const ServerSettings& settings)
    : inspector_(door, settings.limits),
      door_(door),
      receive_timeout_(settings.receive_timeout),
      arrivals_(epoll_create1(EPOLL_CLOEXEC)),
      buffer_(kFirstLook),
      fcgx_(std::make_unique<FCGX_Request>()) {
  if (!arrivals_) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  prepare_libfcgi();
  if (FCGX_InitRequest(fcgx_.get(), -1, 0) != 0) throw std::runtime_error("FCGX_InitRequest");
}

Wire::~Wire() {
  abandon();
}

std::optional<Received> Wire::receive(UniqueFd connection) {
  connection_ = std::move(connection);
  set_timeout(connection_.get(), SO_RCVTIMEO, std::min(receive_timeout_, kFirstByte));
  set_timeout(connection_.get(), SO_SNDTIMEO, receive_timeout_);
  const Inspection* seen = await_request();
  if (seen == nullptr || seen->verdict == Verdict::Drop) {
    abandon();
    return std::nullopt;
  }
  Received received{assemble(*seen, door_), seen->status};
  received.request.id = ids_.next();
  request_id_ = seen->request_id;
  if (seen->verdict == Verdict::Whole) {
    received.refused = objection(*seen, received.request);
    if (!hand_over(*seen, received.request.body)) {
      abandon();
      return std::nullopt;
    }
  }
  return received;
}

/// Null: silence, or an end that came too early.
const Inspection* Wire::await_request() {
  const Deadline deadline = Clock::now() + receive_timeout_;
  const Inspection* seen = look(0);
  if (seen == nullptr || seen->verdict != Verdict::More) return seen;
  return await_rest(deadline);
}

/// Edge-triggered, so that bytes already seen do not wake us again: MSG_PEEK leaves them there.
const Inspection* Wire::await_rest(Deadline deadline) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLRDHUP | EPOLLET;
  if (epoll_ctl(arrivals_.get(), EPOLL_CTL_ADD, connection_.get(), &event) != 0) return nullptr;
  const Inspection* seen = nullptr;
  for (bool ended = false;;) {
    seen = look(MSG_DONTWAIT);
    if (seen == nullptr || seen->verdict != Verdict::More) break;
    const int left = milliseconds_until(deadline);
    const int ready = ended || left == 0 ? 0 : epoll_wait(arrivals_.get(), &event, 1, left);
    if (ready == 0) return nullptr;  // too late, or cut off; closing takes it off arrivals_
    ended = ready > 0 && (event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  }
  epoll_ctl(arrivals_.get(), EPOLL_CTL_DEL, connection_.get(), nullptr);
  return seen;
}

/// Peeks at what has arrived, in a buffer that grows up to what a sound request can need.
const Inspection* Wire::look(int flags) {
  while (true) {
    const ssize_t got = recv(connection_.get(), buffer_.data(), buffer_.size(), MSG_PEEK | flags);
    if (got <= 0) return nullptr;
    const auto have = static_cast<std::size_t>(got);
    const Inspection& seen = inspector_.inspect({buffer_.data(), have});
    if (seen.verdict != Verdict::More || have < buffer_.size()) return &seen;
    if (buffer_.size() >= inspector_.max_bytes()) return nullptr;
    buffer_.resize(std::min(buffer_.size() * 2, inspector_.max_bytes()));
  }
}

/// libfcgi reads what has been judged. False where it does not see the same.
bool Wire::hand_over(const Inspection& seen, std::string& body) {
  FCGX_Request& fcgx = *fcgx_;
  fcgx.listen_sock = -1;
  fcgx.ipcFd = connection_.get();
  fcgx.keepConnection = 1;  // FCGX_Accept_r finishes "the request before" and must not close
  handed_over_ = true;
  if (FCGX_Accept_r(&fcgx) != 0 || FCGX_GetError(fcgx.in) != 0) return false;
  std::size_t params = 0;
  while (fcgx.envp[params] != nullptr) ++params;
  if (params != seen.params.size() + 1) return false;  // and FCGI_ROLE, which libfcgi adds
  body.resize(seen.body_size);
  const bool has_body = seen.role == Role::Responder && door_ == Door::Api;
  return !has_body || read_body(body);
}

bool Wire::read_body(std::string& body) {
  FCGX_Stream* in = fcgx_->in;
  const int size = static_cast<int>(body.size());
  const int got = size == 0 ? 0 : FCGX_GetStr(body.data(), size, in);
  return got == size && FCGX_GetChar(in) == -1 && FCGX_GetError(in) == 0;
}

bool Wire::send(const Response& response, bool head_only) {
  const std::string text = response.serialize(head_only);
  const bool sent = handed_over_ ? send_by_libfcgi(text) : send_records(text);
  // Closing over unread bytes would reset the connection and could take the answer back.
  if (sent) linger(kLinger);
  abandon();
  return sent;
}

bool Wire::send_by_libfcgi(std::string_view text) {
  FCGX_Request& fcgx = *fcgx_;
  const int size = static_cast<int>(text.size());
  if (FCGX_PutStr(text.data(), size, fcgx.out) != size) return false;
  // Keeping the connection leaves its end to us: libfcgi's own close waits for the peer as long as
  // that keeps sending.
  fcgx.keepConnection = 1;
  FCGX_Finish_r(&fcgx);
  return fcgx.ipcFd == connection_.get();
}

bool Wire::send_records(std::string_view text) {
  const std::string records = answer_records(request_id_, text);
  for (std::size_t done = 0; done < records.size();) {
    const ssize_t wrote =
        ::send(connection_.get(), records.data() + done, records.size() - done, MSG_NOSIGNAL);
    if (wrote <= 0) return false;
    done += static_cast<std::size_t>(wrote);
  }
  return true;
}

/// Reads away what the peer still sends, so that it can read our answer.
void Wire::linger(milliseconds bound) {
  std::array<char, 16384> waste;
  const int fd = connection_.get();
  if (recv(fd, waste.data(), waste.size(), MSG_DONTWAIT) <= 0 && handed_over_) return;
  shutdown(fd, SHUT_WR);
  const Deadline deadline = Clock::now() + bound;
  for (int left = milliseconds_until(deadline); left > 0; left = milliseconds_until(deadline)) {
    pollfd wait{fd, POLLIN, 0};
    if (poll(&wait, 1, left) <= 0) return;
    if (recv(fd, waste.data(), waste.size(), MSG_DONTWAIT) <= 0) return;
  }
}

/// Closes without another byte, END_REQUEST least of all.
void Wire::abandon() {
  if (handed_over_) {
    if (fcgx_->ipcFd < 0) connection_.release();  // libfcgi closed it
    FCGX_Free(fcgx_.get(), 0);
    fcgx_->ipcFd = -1;
    handed_over_ = false;
  }
  connection_.reset();
}

}  // namespace postern::fcgi
