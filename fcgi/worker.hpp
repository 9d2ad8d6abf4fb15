#pragma once

#include "fcgi/master.hpp"

namespace postern::fcgi {

/// What the workers of a crew work with: descriptors that the master made.
struct Station {
  Crew crew;
  int source;         ///< a listening socket; a resolver's: the taking end of a Handover
  int handover = -1;  ///< the giving end, for the gate
};

/// A worker's place: where it works and which WorkerState is its own.
struct WorkerPost {
  Station station;
  unsigned slot;
};

/// The life of a worker process: makes what it needs of the Program, then takes one request after
/// another until it is told to leave or drain (signals.hpp) or has served its share. Answers the
/// exit status. Whatever a handler throws becomes Application::failure(500). One log record
/// "request" each: id, door, method, route, status, us, account; never target, headers or body.
/// Allowed checks of the gate are logged on wish only: the web server logs every request itself.
int run_worker(const WorkerPost& post, const Program& program, const ServerSettings& settings,
               SharedSegment& shared);

}  // namespace postern::fcgi
