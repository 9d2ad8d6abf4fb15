// A server around a tiny application, for the tests of the wire and of the processes. Its settings
// come from the file named on the command line, `name value` a line, and are read again on SIGHUP.
// Its patience is that of slow machines; a test that waits for an end of it says a shorter one.

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>

#include "fcgi/assemble.hpp"
#include "fcgi/master.hpp"

namespace {

using namespace postern::fcgi;
using Values = std::map<std::string, std::string>;

Values read_values(const std::string& path) {
  std::ifstream file(path);
  Values values;
  std::string name, value;
  while (file >> name >> value) values[name] = value;
  if (values.empty()) throw std::runtime_error("no settings in " + path);
  return values;
}

unsigned number(const Values& values, const std::string& name, unsigned otherwise) {
  const auto found = values.find(name);
  return found == values.end() ? otherwise : static_cast<unsigned>(std::stoul(found->second));
}

std::string text(const Values& values, const std::string& name) {
  const auto found = values.find(name);
  return found == values.end() ? "" : found->second;
}

ServerSettings server_settings(const Values& values) {
  ServerSettings settings;
  for (auto* socket : {&settings.api.socket, &settings.gate.socket}) {
    socket->mode = static_cast<unsigned>(std::stoul("0" + text(values, "mode"), nullptr, 8));
    if (socket->mode == 0) socket->mode = 0660;
    socket->group = text(values, "group");
  }
  settings.api.socket.address = text(values, "api");
  settings.gate.socket.address = text(values, "gate");
  settings.api.workers = number(values, "workers", 2);
  settings.gate.workers = number(values, "gate_workers", 1);
  settings.resolvers = number(values, "resolvers", 1);
  settings.log_allowed_checks = number(values, "log_checks", 1) != 0;
  settings.max_requests_per_worker = number(values, "max_requests", 100000);
  settings.receive_timeout = std::chrono::seconds(number(values, "receive_timeout", 10));
  settings.request_timeout = std::chrono::seconds(number(values, "request_timeout", 30));
  settings.drain_timeout = std::chrono::seconds(number(values, "drain_timeout", 30));
  settings.pid_file = text(values, "pid_file");
  return settings;
}

std::string describe(const Request& request) {
  std::string out = "pid " + std::to_string(getpid()) + "\nid " + request.id + "\ndoor " +
                    (request.door == Door::Gate ? "gate" : "api") + "\nrole " +
                    (request.role == Role::Authorizer ? "authorizer" : "responder") + "\nmethod " +
                    request.method + "\ntarget " + request.target + "\npath " +
                    (request.uri ? request.uri->path : "none") + "\naddress " +
                    request.remote_address + "\nscheme " + request.scheme + "\nhost " +
                    request.host + "\ntype " + request.content_type + "\nbody " +
                    std::to_string(request.body.size()) + "\n";
  for (const auto& [name, value] : request.headers) {
    out.append("header ").append(name).append(": ").append(value).append("\n");
  }
  return out.append("\n").append(request.body);
}

class EchoApplication : public Application {
 public:
  explicit EchoApplication(std::string greeting) : greeting_(std::move(greeting)) {}

  Response handle(const Request& request) override {
    const std::string path = request.uri ? request.uri->path : "";
    if (path == "/crash") std::abort();
    if (path == "/hang") {
      for (;;) pause();
    }
    if (path == "/throw") throw std::runtime_error("broken\n{\"event\":\"forged\"}");
    if (path == "/throw-odd") throw 42;
    if (path == "/slow") std::this_thread::sleep_for(std::chrono::milliseconds(300));
    if (path == "/big") return {200, "text/plain", std::string(1'000'000, 'x')};
    Response response(200, "text/plain", greeting_ + describe(request));
    response.log_route = "echo";
    response.log_account = request.header("x-account").value_or("");
    return response;
  }

  Response failure(const Request& request, int status) override {
    if (request.header("x-failure-throws")) throw std::runtime_error("failure itself");
    Response response(status, "text/plain",
                      "failure " + std::to_string(status) + " " + request.method + "\n");
    response.log_route = "failure";
    return response;
  }

 private:
  std::string greeting_;
};

/// Answers /quick and what is below it; leaves everything else to the resolvers.
class QuickDesk : public Desk {
 public:
  bool answer(const Inspection& seen, QuickAnswer& answer) override {
    const Request request = assemble(seen, Door::Gate);
    if (!request.uri || !request.uri->path.starts_with("/quick")) return false;
    if (request.uri->path == "/quick/big") {
      answer.take(Response(200, "text/plain", std::string(100'000, 'x')), false);
      return true;
    }
    answer.start();
    const bool whole = answer.set("X-Pid", std::to_string(getpid()));
    answer.finish();
    return whole;
  }

  void refuse(const Inspection& seen, int status, QuickAnswer& answer) override {
    answer.take(Response(status, "text/plain", "desk " + std::to_string(status) + "\n"),
                assemble(seen, Door::Gate).method == "HEAD");
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::string path = argv[1];
  Program program;
  program.settings = [path] { return server_settings(read_values(path)); };
  program.log_settings = [path] {
    return LogSettings{LogLevel::Debug, text(read_values(path), "log")};
  };
  program.make_desk = [](SharedSegment&, unsigned) { return std::make_unique<QuickDesk>(); };
  program.make_application = [path](Crew, SharedSegment&,
                                    unsigned) -> std::unique_ptr<Application> {
    const Values values = read_values(path);
    if (text(values, "broken_start") == "1") throw std::runtime_error("cannot start");
    if (text(values, "broken_start") == "abort") std::abort();
    const std::string greeting = text(values, "greeting");
    return std::make_unique<EchoApplication>(greeting.empty() ? "" : "greeting " + greeting + "\n");
  };
  program.keep_house = [path](SharedSegment&, const std::function<bool()>& stop_requested) {
    std::ofstream(text(read_values(path), "house")) << getpid() << std::endl;
    while (!stop_requested()) usleep(50'000);
  };
  return run_master(program);
}
