#include "fcgi/gate_worker.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <system_error>

#include "fcgi/answered.hpp"
#include "fcgi/handover.hpp"
#include "fcgi/log.hpp"
#include "fcgi/signals.hpp"

namespace postern::fcgi {
namespace {

constexpr std::uint32_t kDoors = UINT32_MAX;
constexpr std::size_t kFirstLook = std::size_t{16} * 1024;
constexpr std::size_t kEvents = 64;
/// Connections taken in before those already here are looked after again.
constexpr int kWelcomesInARow = 4;
constexpr std::int64_t kFirstByteMs = 2000;
constexpr std::int64_t kLingerMs = 200;
/// How late the late may be noticed.
constexpr std::int64_t kRoundMs = 50;
/// An upper bound on how long a connection can wait whose wake-up went to a process that died.
constexpr int kIdleMs = 500;
constexpr int kWaitingMs = 2;

constexpr std::uint32_t kArrival = EPOLLIN | EPOLLRDHUP | EPOLLET;
constexpr std::uint32_t kEnd = EPOLLRDHUP | EPOLLHUP | EPOLLERR;

std::string_view param(const Inspection& seen, std::string_view name) {
  for (const auto& [key, value] : seen.params) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace

GateWorker::GateWorker(const WorkerPost& post, const Program& program,
                       const ServerSettings& settings, SharedSegment& shared)
    : post_(post),
      settings_(settings),
      state_(shared.workers[post.slot]),
      counters_(shared.counters),
      desk_(program.make_desk ? program.make_desk(shared, post.slot) : nullptr),
      inspector_(Door::Gate, settings.limits),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      buffer_(kFirstLook),
      visits_(kMaxVisits) {
  if (!epoll_) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  free_.reserve(kMaxVisits);
  for (std::uint32_t i = kMaxVisits; i > 0; --i) free_.push_back(i - 1);
}

GateWorker::~GateWorker() = default;

/// EPOLLEXCLUSIVE: one connection wakes one of the workers that wait for it. EPOLLET: only its
/// arrival does; those who are awake look by themselves.
void GateWorker::open_doors() {
  if (doors_open_) return;
  epoll_event event{};
  event.events = EPOLLIN | EPOLLEXCLUSIVE | EPOLLET;
  event.data.u32 = kDoors;
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, post_.station.source, &event) != 0) {
    throw std::system_error(errno, std::generic_category(), "waiting for connections");
  }
  doors_open_ = true;
  somebody_waits_ = true;  // perhaps, since before
}

void GateWorker::close_doors() {
  if (doors_open_) epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, post_.station.source, nullptr);
  doors_open_ = false;
}

void GateWorker::run() {
  volatile ChildOrders& orders = child_orders();
  open_doors();
  while (orders.leave == 0 && orders.drain == 0 && orders.reopen == 0) {
    const bool idle = free_.size() == kMaxVisits;
    const std::int64_t patience = idle ? kIdleMs : kRoundMs;
    wait(somebody_waits_ ? 0 : waiting_ > 0 ? kWaitingMs : static_cast<int>(patience));
  }
  if (orders.leave == 0 && orders.drain == 0) return;  // to open the log anew
  // A wake-up may have come to us in this moment, so one connection is ours; draining, all are.
  close_doors();
  while (welcome() && orders.drain != 0) wait(0);
  while (free_.size() < kMaxVisits) wait(kWaitingMs);
}

void GateWorker::wait(int timeout_ms) {
  std::array<epoll_event, kEvents> events;
  sigset_t open{};
  sigemptyset(&open);
  const int count = epoll_pwait(epoll_.get(), events.data(), kEvents, timeout_ms, &open);
  const std::int64_t now = monotonic_ms();
  state_.busy_since_ms = now;
  // With nothing to do, a look at the door: its bell may have rung for a worker that died.
  bool knocked = somebody_waits_ || count == 0;
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    if (event.data.u32 == kDoors) {
      knocked = true;
    } else {
      serve_event(event);
    }
  }
  if (knocked && doors_open_) welcome_in_turn();
  if (waiting_ > 0) hand_on_waiting();
  if (free_.size() < kMaxVisits && now >= next_round_) look_after_the_late(now);
  if (doors_open_ && free_.empty()) {
    close_doors();
  } else if (!doors_open_ && !free_.empty() && child_orders().leave == 0 &&
             child_orders().drain == 0) {
    open_doors();
  }
  state_.busy_since_ms = 0;
}

/// As many as are there, but those who are here already are looked after in between.
void GateWorker::welcome_in_turn() {
  int count = 0;
  while (count < kWelcomesInARow && welcome()) ++count;
  somebody_waits_ = count == kWelcomesInARow;
}

bool GateWorker::welcome() {
  if (free_.empty()) return false;
  UniqueFd connection(accept4(post_.station.source, nullptr, nullptr, SOCK_CLOEXEC));
  if (!connection) {
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS) {
      log(LogLevel::Error, "accept_failed", {{"error", std::generic_category().message(errno)}});
    }
    return false;
  }
  Visit& visit = visits_[free_.back()];
  free_.pop_back();
  visit.connection = std::move(connection);
  visit.stage = Stage::Arriving;
  visit.began = monotonic_ms();
  visit.deadline = 0;
  judge(visit, false);
  return true;
}

void GateWorker::serve_event(const epoll_event& event) {
  Visit& visit = visits_[event.data.u32];
  if (!visit.connection) return;
  const bool ended = (event.events & kEnd) != 0;
  if (visit.stage == Stage::Arriving)
    judge(visit, ended);
  else if (visit.stage == Stage::Lingering)
    discard_input(visit, ended);
}

/// Looks at what has come. Edge-triggered watching, so that bytes already seen do not wake us
/// again: peeking leaves them there.
void GateWorker::judge(Visit& visit, bool ended) {
  bool gone = false;
  const bool fresh = visit.deadline == 0;
  const Inspection* const seen = look(visit.connection.get(), gone);
  if (gone || (seen != nullptr && seen->verdict == Verdict::Drop)) {
    ++counters_.refused_on_the_wire;
    close(visit);
    return;
  }
  if (seen == nullptr || seen->verdict == Verdict::More) {
    if (ended) {
      ++counters_.refused_on_the_wire;
      close(visit);
      return;
    }
    const auto whole_ms = std::chrono::milliseconds(settings_.receive_timeout).count();
    visit.deadline = visit.began + (seen == nullptr ? std::min(kFirstByteMs, whole_ms) : whole_ms);
    if (fresh) watch(visit, kArrival);
    return;
  }
  if (!fresh) unwatch(visit);
  answer_or_hand_on(visit, *seen);
}

/// None without `gone`: nothing has come yet.
const Inspection* GateWorker::look(int connection, bool& gone) {
  while (true) {
    const ssize_t got = recv(connection, buffer_.data(), buffer_.size(), MSG_PEEK | MSG_DONTWAIT);
    if (got <= 0) {
      gone = got == 0 || (errno != EAGAIN && errno != EINTR);
      return nullptr;
    }
    peeked_ = static_cast<std::size_t>(got);
    const Inspection& seen = inspector_.inspect({buffer_.data(), peeked_});
    if (seen.verdict != Verdict::More || peeked_ < buffer_.size()) return &seen;
    if (buffer_.size() >= inspector_.max_bytes()) {
      gone = true;
      return nullptr;
    }
    buffer_.resize(std::min(buffer_.size() * 2, inspector_.max_bytes()));
  }
}

void GateWorker::answer_or_hand_on(Visit& visit, const Inspection& seen) {
  const auto start = std::chrono::steady_clock::now();
  if (seen.verdict != Verdict::Whole || !desk_ || !desk_->answer(seen, answer_)) {
    hand_on(visit);
    return;
  }
  send(visit, seen);
  const auto spent = std::chrono::steady_clock::now() - start;
  record(seen, std::chrono::duration_cast<std::chrono::microseconds>(spent).count());
}

/// Takes the request out of the kernel's buffer, since closing over unread bytes would reset the
/// connection and could take the answer back; then sends, in one piece.
void GateWorker::send(Visit& visit, const Inspection& seen) {
  const int connection = visit.connection.get();
  const std::string_view records = answer_.records(seen.request_id);
  const bool complete = seen.input_ended;
  const ssize_t taken = recv(connection, buffer_.data(), peeked_, MSG_DONTWAIT);
  const ssize_t sent =
      ::send(connection, records.data(), records.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent != static_cast<ssize_t>(records.size()) || taken != static_cast<ssize_t>(peeked_)) {
    log(LogLevel::Info, "answer_not_taken", {{"door", "gate"}});
    close(visit);
  } else if (complete) {
    close(visit);
  } else {
    linger(visit);
  }
}

/// Where nobody can answer: a whole answer all the same, or an end without a word.
void GateWorker::refuse(Visit& visit, int status) {
  bool gone = false;
  const Inspection* const seen = look(visit.connection.get(), gone);
  if (seen == nullptr || !desk_ || seen->verdict == Verdict::More ||
      seen->verdict == Verdict::Drop) {
    close(visit);
    return;
  }
  desk_->refuse(*seen, status, answer_);
  send(visit, *seen);
  record(*seen, 0);
}

void GateWorker::hand_on(Visit& visit) {
  if (waiting_ == 0 && give_connection(post_.station.handover, visit.connection.get())) {
    close(visit);
    return;
  }
  visit.stage = Stage::Waiting;
  visit.deadline = visit.began + std::chrono::milliseconds(settings_.receive_timeout).count();
  ++waiting_;
}

/// Those who came first go first.
void GateWorker::hand_on_waiting() {
  std::vector<Visit*> line;
  line.reserve(waiting_);
  for (Visit& visit : visits_) {
    if (visit.connection && visit.stage == Stage::Waiting) line.push_back(&visit);
  }
  std::sort(line.begin(), line.end(),
            [](const Visit* a, const Visit* b) { return a->began < b->began; });
  for (Visit* visit : line) {
    if (!give_connection(post_.station.handover, visit->connection.get())) return;
    close(*visit);
  }
}

void GateWorker::linger(Visit& visit) {
  visit.stage = Stage::Lingering;
  visit.deadline = monotonic_ms() + kLingerMs;
  shutdown(visit.connection.get(), SHUT_WR);
  watch(visit, EPOLLIN | EPOLLRDHUP);
}

void GateWorker::discard_input(Visit& visit, bool ended) {
  const ssize_t got = recv(visit.connection.get(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
  if (got == 0 || (got < 0 && (ended || (errno != EAGAIN && errno != EINTR)))) close(visit);
}

void GateWorker::look_after_the_late(std::int64_t now) {
  next_round_ = now + kRoundMs;
  for (Visit& visit : visits_) {
    if (!visit.connection || now < visit.deadline) continue;
    if (visit.stage != Stage::Waiting) {
      if (visit.stage == Stage::Arriving) ++counters_.refused_on_the_wire;
      close(visit);
      continue;
    }
    log(LogLevel::Warning, "no_resolver_free");
    visit.stage = Stage::Arriving;
    --waiting_;
    refuse(visit, 503);
  }
}

void GateWorker::watch(Visit& visit, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u32 = static_cast<std::uint32_t>(&visit - visits_.data());
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, visit.connection.get(), &event) != 0) close(visit);
}

/// Needed before a connection goes to another process: it would go on waking us from there.
void GateWorker::unwatch(Visit& visit) {
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, visit.connection.get(), nullptr);
}

void GateWorker::close(Visit& visit) {
  if (visit.stage == Stage::Waiting) --waiting_;
  visit.stage = Stage::Arriving;
  visit.connection.reset();
  free_.push_back(static_cast<std::uint32_t>(&visit - visits_.data()));
}

void GateWorker::record(const Inspection& seen, std::int64_t us) {
  ++state_.requests;
  const bool logged = answer_.status() >= 300 || settings_.log_allowed_checks;
  keep_record({logged ? ids_.next() : std::string(), Door::Gate, param(seen, "REQUEST_METHOD"),
               "gate", answer_.status(), us, answer_.account},
              counters_, settings_.log_allowed_checks);
}

}  // namespace postern::fcgi
