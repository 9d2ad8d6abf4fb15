#include "fcgi/signals.hpp"

namespace postern::fcgi {
namespace {

volatile ChildOrders orders{};

void note_order(int signal) {
  if (signal == kDrainSignal) orders.drain = 1;
  if (signal == kLeaveSignal) orders.leave = 1;
  if (signal == kReopenSignal) orders.reopen = 1;
}

void take_no_notice(int) {}

/// No SA_RESTART: a wait must end when an order comes.
void install(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, nullptr);
}

sigset_t order_set() {
  return signal_set({kDrainSignal, kLeaveSignal, kReopenSignal});
}

}  // namespace

sigset_t signal_set(std::initializer_list<int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : signals) sigaddset(&set, signal);
  return set;
}

void set_child_signals() {
  for (int signal = 1; signal < SIGRTMIN; ++signal) install(signal, SIG_DFL);
  for (const int signal : {kDrainSignal, kLeaveSignal, kReopenSignal}) install(signal, note_order);
  for (const int signal : {SIGPIPE, SIGUSR1, SIGINT}) install(signal, take_no_notice);
  const sigset_t blocked = order_set();
  sigprocmask(SIG_SETMASK, &blocked, nullptr);
}

volatile ChildOrders& child_orders() {
  return orders;
}

void let_orders_in() {
  const sigset_t open = order_set();
  sigprocmask(SIG_UNBLOCK, &open, nullptr);
}

}  // namespace postern::fcgi
