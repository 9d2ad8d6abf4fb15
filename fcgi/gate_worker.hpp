#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "fcgi/request_id.hpp"
#include "fcgi/unique_fd.hpp"
#include "fcgi/worker.hpp"

struct epoll_event;

namespace postern::fcgi {

/// A worker of the gate: one loop over all its visitors that never waits for any of them. A request
/// is peeked at and judged (Inspector) as on every socket of ours; the Desk answers it at once, or
/// the connection goes, untouched, to a resolver. So neither a slow database nor a slow peer ever
/// stands between a visitor and an answer that is at hand.
///
/// Bounds: kMaxVisits connections at a time, the rest stay in the listening socket's queue; a first
/// byte within 2 s and a whole request within receive_timeout, else closed without a word; a
/// visitor for whom no resolver has room is asked to come again (503) when receive_timeout is over.
/// FCGI_KEEP_CONN is not honoured (wire.hpp).
class GateWorker {
 public:
  static constexpr std::size_t kMaxVisits = 512;

  GateWorker(const WorkerPost& post, const Program& program, const ServerSettings& settings,
             SharedSegment& shared);
  ~GateWorker();
  GateWorker(const GateWorker&) = delete;
  GateWorker& operator=(const GateWorker&) = delete;

  /// Until told to leave or drain. Signals are let in while it waits and nowhere else.
  void run();

 private:
  enum class Stage {
    Arriving,   ///< not whole yet
    Waiting,    ///< for room in the resolvers' queue
    Lingering,  ///< answered; what the peer still sends is read away
  };
  struct Visit {
    UniqueFd connection;
    Stage stage = Stage::Arriving;
    std::int64_t began = 0, deadline = 0;
  };

  void open_doors();
  void close_doors();
  void wait(int timeout_ms);
  void welcome_in_turn();
  bool welcome();
  void serve_event(const epoll_event& event);
  void judge(Visit& visit, bool ended);
  const Inspection* look(int connection, bool& gone);
  void answer_or_hand_on(Visit& visit, const Inspection& seen);
  void send(Visit& visit, const Inspection& seen);
  void refuse(Visit& visit, int status);
  void hand_on(Visit& visit);
  void hand_on_waiting();
  void linger(Visit& visit);
  void discard_input(Visit& visit, bool ended);
  void look_after_the_late(std::int64_t now);
  void watch(Visit& visit, std::uint32_t events);
  void unwatch(Visit& visit);
  void close(Visit& visit);
  void record(const Inspection& seen, std::int64_t us);

  const WorkerPost post_;
  const ServerSettings& settings_;
  WorkerState& state_;
  Counters& counters_;
  std::unique_ptr<Desk> desk_;
  Inspector inspector_;
  QuickAnswer answer_;
  RequestIds ids_;
  UniqueFd epoll_;
  std::vector<char> buffer_;
  std::size_t peeked_ = 0;
  std::vector<Visit> visits_;
  std::vector<std::uint32_t> free_;
  std::size_t waiting_ = 0;
  std::int64_t next_round_ = 0;
  bool doors_open_ = false;
  bool somebody_waits_ = false;  ///< at the door, as far as is known
};

}  // namespace postern::fcgi
