#include "fcgi/housekeeper.hpp"

#include <unistd.h>

#include <exception>
#include <system_error>

#include "fcgi/child.hpp"
#include "fcgi/log.hpp"
#include "fcgi/signals.hpp"

namespace postern::fcgi {

Housekeeper::Housekeeper(std::vector<int> strangers, const Program& program, SharedSegment& shared)
    : strangers_(std::move(strangers)), program_(program), shared_(shared) {}

int Housekeeper::live() const {
  for (const int fd : strangers_) ::close(fd);
  let_orders_in();
  volatile ChildOrders& orders = child_orders();
  program_.keep_house(shared_, [this, &orders] {
    shared_.housekeeper_ms = monotonic_ms();
    if (orders.reopen != 0) {
      orders.reopen = 0;
      open_log(program_.log_settings());
    }
    return orders.drain != 0 || orders.leave != 0;
  });
  return 0;
}

void Housekeeper::spawn(std::int64_t now) {
  try {
    shared_.housekeeper_ms = now;
    started_ = now;
    told_ = 0;
    pid_ = spawn_child("housekeeper", [this] { return live(); });
  } catch (const std::system_error& error) {
    backoff_.died(0, now);
    log(LogLevel::Error, "housekeeper_not_started", {{"error", error.what()}});
  }
}

void Housekeeper::tick(std::int64_t now, std::int64_t patience) {
  if (!program_.keep_house) return;
  if (pid_ == 0) {
    if (!stopping_ && backoff_.ready(now)) spawn(now);
    return;
  }
  if (now - shared_.housekeeper_ms > patience || (told_ != 0 && now - told_ > patience)) {
    log(LogLevel::Error, "housekeeper_stuck", {{"process", std::int64_t{pid_}}});
    shared_.housekeeper_ms = now;
    told_ = told_ == 0 ? 0 : now;
    kill(pid_, SIGKILL);
  }
}

void Housekeeper::restart(std::int64_t now) {
  if (pid_ == 0) return;
  if (told_ == 0) told_ = now;
  kill(pid_, kDrainSignal);
}

void Housekeeper::stop(std::int64_t now) {
  stopping_ = true;
  restart(now);
}

bool Housekeeper::reap(pid_t pid, std::int64_t now) {
  if (pid != pid_) return false;
  pid_ = 0;
  if (told_ == 0) {
    backoff_.died(now - started_, now);
    log(LogLevel::Error, "housekeeper_died", {{"process", std::int64_t{pid}}});
  }
  return true;
}

}  // namespace postern::fcgi
