#include "fcgi/shared_segment.hpp"

#include <sys/mman.h>
#include <time.h>

#include <cerrno>
#include <new>
#include <system_error>

namespace postern::fcgi {

static_assert(std::atomic<std::int32_t>::is_always_lock_free &&
                  std::atomic<std::int64_t>::is_always_lock_free &&
                  std::atomic<std::uint64_t>::is_always_lock_free,
              "a lock in shared memory would outlive its holder");

SharedSegment& map_shared_segment(std::size_t memory_bytes) {
  constexpr std::size_t kPage = 4096;
  constexpr std::size_t kOwn = (sizeof(SharedSegment) + kPage - 1) / kPage * kPage;
  void* mapped = mmap(nullptr, kOwn + memory_bytes, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED) {
    throw std::system_error(errno, std::generic_category(), "mapping the shared segment");
  }
  auto& segment = *new (mapped) SharedSegment{};
  segment.memory = {static_cast<std::byte*>(mapped) + kOwn, memory_bytes};
  return segment;
}

std::int64_t monotonic_ms() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

}  // namespace postern::fcgi
