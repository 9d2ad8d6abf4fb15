#pragma once

#include <signal.h>

#include <initializer_list>

namespace postern::fcgi {

/// What the master asks of its children. A worker has these blocked at all times but in its wait
/// for a connection, so that they cut no request short and cannot come between a look at the flags
/// and the wait.
inline constexpr int kDrainSignal = SIGTERM;  ///< serve what waits in the queue, then go
inline constexpr int kLeaveSignal = SIGQUIT;  ///< go after the current request
inline constexpr int kReopenSignal = SIGHUP;  ///< open the log anew

struct ChildOrders {
  volatile sig_atomic_t leave, drain, reopen;
};

/// Called in a forked child: default handling for everything else, the three orders noted and
/// blocked, nothing else blocked. SIGPIPE and SIGUSR1 (libfcgi would set its own handlers) and
/// SIGINT (Ctrl-C reaches every process of a terminal; only the master acts on it) do nothing.
void set_child_signals();
[[nodiscard]] volatile ChildOrders& child_orders();
/// Unblocks the orders, for a process that does not wait as workers do.
void let_orders_in();

[[nodiscard]] sigset_t signal_set(std::initializer_list<int> signals);

}  // namespace postern::fcgi
