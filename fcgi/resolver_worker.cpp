#include "fcgi/resolver_worker.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <span>

#include "fcgi/answered.hpp"
#include "fcgi/assemble.hpp"
#include "fcgi/log.hpp"

namespace postern::fcgi {
namespace {

constexpr std::size_t kFirstLook = std::size_t{16} * 1024;
constexpr int kLingerMs = 200;

/// Reads away what the peer still sends, so that it can read our answer.
void linger(int connection) {
  char waste[4096];
  shutdown(connection, SHUT_WR);
  for (int rounds = 0; rounds < 8; ++rounds) {
    pollfd wait{connection, POLLIN, 0};
    if (poll(&wait, 1, kLingerMs / 8) <= 0) continue;
    if (recv(connection, waste, sizeof(waste), MSG_DONTWAIT) <= 0) return;
  }
}

}  // namespace

ResolverWorker::ResolverWorker(const WorkerPost& post, const Program& program,
                               const ServerSettings& settings, SharedSegment& shared)
    : shared_(shared),
      state_(shared.workers[post.slot]),
      settings_(settings),
      application_(program.make_application(post.station.crew, shared, post.slot)),
      inspector_(Door::Gate, settings.limits),
      buffer_(kFirstLook) {}

ResolverWorker::~ResolverWorker() = default;

void ResolverWorker::serve(std::vector<UniqueFd> connections) {
  state_.busy_since_ms = monotonic_ms();
  const auto start = std::chrono::steady_clock::now();
  for (UniqueFd& connection : connections) receive(std::move(connection));
  auto responses = respond();
  for (std::size_t i = 0; i < visits_.size(); ++i) {
    const Request& request = requests_[i];
    send(visits_[i], request, responses[i]);
    const auto spent = std::chrono::steady_clock::now() - start;
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(spent).count();
    keep_record({request.id, Door::Gate, request.method, responses[i].log_route,
                 responses[i].status(), us, responses[i].log_account},
                shared_.counters, settings_.log_allowed_checks);
    ++state_.requests;
  }
  visits_.clear();
  requests_.clear();
  state_.busy_since_ms = 0;
}

/// Adds a visit, unless there is nothing to answer.
void ResolverWorker::receive(UniqueFd connection) {
  const Inspection* const seen = look(connection.get());
  const bool is_request =
      seen != nullptr && (seen->verdict == Verdict::Whole || seen->verdict == Verdict::Refuse);
  if (!is_request) {
    ++shared_.counters.refused_on_the_wire;
    return;
  }
  Request request = assemble(*seen, Door::Gate);
  request.id = ids_.next();
  Visit visit;
  visit.connection = std::move(connection);
  visit.refused = seen->verdict == Verdict::Refuse ? seen->status : objection(*seen, request);
  visit.request_id = seen->request_id;
  visit.size = inspected_;
  visit.input_ended = seen->input_ended;
  if (visit.refused != 0) ++shared_.counters.refused_on_the_wire;
  visits_.push_back(std::move(visit));
  requests_.push_back(std::move(request));
}

/// None: it is gone.
const Inspection* ResolverWorker::look(int connection) {
  while (true) {
    const ssize_t got = recv(connection, buffer_.data(), buffer_.size(), MSG_PEEK | MSG_DONTWAIT);
    if (got <= 0) return nullptr;
    inspected_ = static_cast<std::size_t>(got);
    const Inspection& seen = inspector_.inspect({buffer_.data(), inspected_});
    if (seen.verdict != Verdict::More || inspected_ < buffer_.size()) return &seen;
    if (buffer_.size() >= inspector_.max_bytes()) return nullptr;
    buffer_.resize(std::min(buffer_.size() * 2, inspector_.max_bytes()));
  }
}

/// One for each visit. Those that the wall refuses are not asked about.
std::vector<Response> ResolverWorker::respond() {
  const bool all_sound = std::all_of(visits_.begin(), visits_.end(),
                                     [](const Visit& visit) { return visit.refused == 0; });
  std::vector<Request> sound;
  for (std::size_t i = 0; !all_sound && i < visits_.size(); ++i) {
    if (visits_[i].refused == 0) sound.push_back(requests_[i]);
  }
  const std::span<const Request> asked = all_sound ? requests_ : sound;
  std::vector<Response> answers;
  try {
    if (!asked.empty()) answers = application_->handle_all(asked);
  } catch (const std::exception& error) {
    log(LogLevel::Error, "handler_threw", {{"id", asked.front().id}, {"error", error.what()}});
  } catch (...) {
    log(LogLevel::Error, "handler_threw", {{"id", asked.front().id}, {"error", "unknown"}});
  }
  const bool answered = answers.size() == asked.size();
  std::vector<Response> responses;
  std::size_t next = 0;
  for (std::size_t i = 0; i < visits_.size(); ++i) {
    if (visits_[i].refused != 0) {
      responses.push_back(refusal(requests_[i], visits_[i].refused));
    } else {
      responses.push_back(answered ? std::move(answers[next++]) : refusal(requests_[i], 500));
    }
    responses.back().set("X-Request-Id", requests_[i].id);
  }
  return responses;
}

/// failure() must not throw; if it does, the visitor is still refused (R7).
Response ResolverWorker::refusal(const Request& request, int status) {
  try {
    return application_->failure(request, status);
  } catch (...) {
    return Response(status, "text/plain; charset=utf-8", "refused\n");
  }
}

/// Takes the request out of the kernel's buffer first: closing over unread bytes would reset the
/// connection and could take the answer back. An answer that does not go out whole is none: the
/// connection ends without END_REQUEST.
void ResolverWorker::send(Visit& visit, const Request& request, Response& response) {
  const int connection = visit.connection.get();
  answer_.take(response, request.method == "HEAD");
  const std::string_view records = answer_.records(visit.request_id);
  const timeval patience{std::chrono::seconds(settings_.receive_timeout).count(), 0};
  setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  (void)recv(connection, buffer_.data(), std::min(visit.size, buffer_.size()), MSG_DONTWAIT);
  std::size_t sent = 0;
  while (sent < records.size()) {
    const ssize_t wrote =
        ::send(connection, records.data() + sent, records.size() - sent, MSG_NOSIGNAL);
    if (wrote <= 0) break;
    sent += static_cast<std::size_t>(wrote);
  }
  if (sent < records.size()) {
    log(LogLevel::Info, "answer_not_taken", {{"id", request.id}});
  } else if (!visit.input_ended) {
    linger(connection);
  }
  visit.connection.reset();
}

}  // namespace postern::fcgi
