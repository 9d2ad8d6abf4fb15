// The floor: what FastCGI through libfcgi costs when the answer is a constant.
//
//   floor SOCKET PROCESSES [STATUS]
//
// PROCESSES workers wait on one unix socket, as Postern's do, until SIGTERM. STATUS is 200 unless
// given: a floor that answers 401 is what refusals are compared with.
#include <fcgiapp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

constexpr int kBacklog = 1024;

/// One worker: never returns.
[[noreturn]] void answer_for_ever(int socket, int status) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  signal(SIGTERM, SIG_DFL);
  const std::string answer = "Status: " + std::to_string(status) +
                             "\r\nX-Auth-Account: 0190a0b0-0000-7000-8000-000000000001"
                             "\r\nX-Auth-User: somebody\r\n\r\n";
  FCGX_Request request;
  FCGX_InitRequest(&request, socket, 0);
  while (FCGX_Accept_r(&request) == 0) {
    FCGX_PutStr(answer.data(), static_cast<int>(answer.size()), request.out);
    FCGX_Finish_r(&request);
  }
  _exit(1);
}

volatile sig_atomic_t stopping = 0;

void on_term(int /*signal*/) {
  stopping = 1;
}

int usage() {
  std::fprintf(stderr, "floor SOCKET PROCESSES [STATUS]\n");
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3 || argc > 4) return usage();
  const int processes = std::atoi(argv[2]);
  const int status = argc == 4 ? std::atoi(argv[3]) : 200;
  if (processes < 1 || processes > 64 || status < 200 || status > 599) return usage();

  if (FCGX_Init() != 0) return 1;
  const int socket = FCGX_OpenSocket(argv[1], kBacklog);
  // Whoever may enter the directory may connect.
  if (socket < 0 || chmod(argv[1], 0666) != 0) {
    std::perror(argv[1]);
    return 1;
  }
  struct sigaction action {};
  action.sa_handler = on_term;
  sigaction(SIGTERM, &action, nullptr);
  std::vector<pid_t> workers;
  for (int i = 0; i < processes; ++i) {
    const pid_t pid = fork();
    if (pid < 0) return 1;
    if (pid == 0) answer_for_ever(socket, status);
    workers.push_back(pid);
  }
  while (stopping == 0) {
    if (wait(nullptr) > 0) break;  // a worker died: the measurement is void, so end
  }
  for (const pid_t pid : workers) kill(pid, SIGKILL);
  while (wait(nullptr) > 0) {
  }
  unlink(argv[1]);
  return stopping != 0 ? 0 : 1;
}
