#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

namespace postern::fcgi {

/// Forks a child that runs `body` and exits with what it returns (70 when it throws, which is
/// logged under `name`). The child starts with set_child_signals(), so the master should have the
/// orders blocked while it forks, and is killed when this process dies, however that happens: no
/// orphan outlives its master. Throws std::system_error when forking fails.
[[nodiscard]] pid_t spawn_child(const std::string& name, const std::function<int()>& body);

}  // namespace postern::fcgi
