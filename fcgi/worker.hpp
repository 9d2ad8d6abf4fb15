#pragma once

#include "fcgi/master.hpp"

namespace postern::fcgi {

/// A worker's place: which socket it serves and which WorkerState is its own.
struct WorkerPost {
  Door door;
  int listener;
  unsigned slot;
};

/// The life of a worker process: makes the Application, then takes one request after another until
/// it is told to leave or drain (signals.hpp) or has served its share. Answers the exit status.
/// Whatever a handler throws becomes Application::failure(500). One log record "request" each:
/// id, door, method, route, status, us, account; never target, headers or body.
int run_worker(const WorkerPost& post, const Program& program, const ServerSettings& settings,
               SharedSegment& shared);

}  // namespace postern::fcgi
