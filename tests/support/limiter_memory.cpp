#include "tests/support/limiter_memory.hpp"

#include <sys/mman.h>

#include <cerrno>
#include <system_error>

namespace postern::test {

LimiterMemory::LimiterMemory(std::size_t names) {
  const auto size = domain::Limiter::bytes_for(names);
  void* mapped = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
  bytes_ = {static_cast<std::byte*>(mapped), size};
}

LimiterMemory::~LimiterMemory() {
  munmap(bytes_.data(), bytes_.size());
}

}  // namespace postern::test
