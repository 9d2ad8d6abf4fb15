#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace postern::fcgi {

inline constexpr std::size_t kMaxWorkers = 256;
inline constexpr std::size_t kHashSlots = 64;
inline constexpr std::size_t kOutgoingSlots = 40;

/// What the master and its workers share: fixed size, mapped anonymously before the first fork,
/// made of lock-free atomics only, so that a process which dies in the middle leaves nothing
/// locked.
struct alignas(64) WorkerState {
  std::atomic<std::int32_t> pid;
  std::atomic<std::int64_t> busy_since_ms;  ///< monotonic; 0 while waiting: the watchdog's view
  std::atomic<std::uint64_t> requests;
  std::atomic<std::int32_t> ready;  ///< 1 once its Application is made: it takes requests
};

struct Counters {
  std::atomic<std::uint64_t> responses[2][6];  ///< [Door][status / 100]
  std::atomic<std::uint64_t> microseconds[2];  ///< [Door]: time spent in requests
  std::atomic<std::uint64_t> refused_on_the_wire;
  std::atomic<std::uint64_t> workers_started;
  std::atomic<std::uint64_t> workers_died;  ///< without having been asked to
  std::atomic<std::uint64_t> workers_stuck;
  std::atomic<std::uint64_t> hashes_refused;
};

struct SharedSegment {
  Counters counters;
  std::atomic<std::int64_t> started_ms;      ///< wall clock
  std::atomic<std::int64_t> housekeeper_ms;  ///< monotonic; its last sign of life
  std::atomic<std::int32_t> hash_slots[kHashSlots];
  std::atomic<std::int32_t> outgoing_slots[kOutgoingSlots];  ///< of calls to other servers
  WorkerState workers[kMaxWorkers];
  /// The program's own, zeroed, at the same address in every process; its size is asked once.
  std::span<std::byte> memory;
};

/// Maps a zeroed segment that forked children share, with `memory_bytes` for the program; what is
/// never touched takes no memory. Lives as long as the process. Throws std::system_error.
SharedSegment& map_shared_segment(std::size_t memory_bytes = 0);

/// CLOCK_MONOTONIC in milliseconds: the same in all processes of a machine.
std::int64_t monotonic_ms();

}  // namespace postern::fcgi
