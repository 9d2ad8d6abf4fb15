#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "fcgi/inspector.hpp"
#include "fcgi/quick_answer.hpp"
#include "fcgi/request_id.hpp"
#include "fcgi/unique_fd.hpp"
#include "fcgi/worker.hpp"

namespace postern::fcgi {

/// A worker behind the gate: takes the visitors whom the gate's workers hand on, as many at a time
/// as are there, and lets the Application answer them together. Their requests are whole and judged
/// already; they are judged once more here, since nothing but the connection is handed on.
class ResolverWorker {
 public:
  /// Most visitors that are answered together; to the watchdog (request_timeout) they are one.
  static constexpr std::size_t kTogether = 16;

  ResolverWorker(const WorkerPost& post, const Program& program, const ServerSettings& settings,
                 SharedSegment& shared);
  ~ResolverWorker();
  ResolverWorker(const ResolverWorker&) = delete;
  ResolverWorker& operator=(const ResolverWorker&) = delete;

  /// At most kTogether connections.
  void serve(std::vector<UniqueFd> connections);

 private:
  struct Visit {
    UniqueFd connection;
    int refused = 0;
    std::uint16_t request_id = 0;
    std::size_t size = 0;  ///< bytes of the request
    bool input_ended = false;
  };

  void receive(UniqueFd connection);
  const Inspection* look(int connection);
  std::vector<Response> respond();
  Response refusal(const Request& request, int status);
  void send(Visit& visit, const Request& request, Response& response);

  SharedSegment& shared_;
  WorkerState& state_;
  const ServerSettings& settings_;
  std::unique_ptr<Application> application_;
  Inspector inspector_;
  QuickAnswer answer_;
  RequestIds ids_;
  std::vector<char> buffer_;
  std::size_t inspected_ = 0;  ///< bytes of the buffer
  std::vector<Visit> visits_;
  std::vector<Request> requests_;  ///< one for each visit
};

}  // namespace postern::fcgi
