package import ArgumentParser

/// What `handfast` tells the shell. The numbers are part of its interface.
package enum ExitStatus: Int32, CaseIterable, Sendable {
  case success = 0
  /// Something in here went wrong that has no number of its own.
  case failure = 1
  /// This side refused the peer, or the peer broke the protocol.
  case peerRefused = 10
  /// The peer refused this side with an alert.
  case refusedByPeer = 11
  /// The connection ended without the goodbye that tells an end from a cut.
  case truncated = 12
  /// The handshake took too long.
  case timedOut = 13
  /// `demo --break` did not fail as told, or `demo` failed.
  case notAsTold = 20
  /// The command line makes no sense (EX_USAGE).
  case usage = 64
  /// A file does not hold what it should (EX_DATAERR).
  case badInput = 65
  /// A file cannot be read (EX_NOINPUT).
  case noInput = 66
  /// The network: no such host, nobody there, or the port is taken (EX_UNAVAILABLE).
  case unavailable = 69
  /// A file cannot be written (EX_CANTCREAT).
  case cannotCreate = 73
  /// Ctrl-C before the end (128 and the signal's number, as shells have it).
  case interrupted = 130

  package var meaning: String {
    switch self {
    case .success: "all went well"
    case .failure: "an error without a number of its own"
    case .peerRefused: "this side refused the peer"
    case .refusedByPeer: "the peer refused this side"
    case .truncated: "the connection was cut, without a goodbye"
    case .timedOut: "the handshake took too long"
    case .notAsTold: "the demo did not go as it should"
    case .usage: "the command line makes no sense"
    case .badInput: "a file does not hold what it should"
    case .noInput: "a file cannot be read"
    case .unavailable: "the network: no such host, nobody there, port taken"
    case .cannotCreate: "a file cannot be written"
    case .interrupted: "stopped by Ctrl-C or SIGTERM"
    }
  }

  /// For a command's help.
  package static var table: String {
    allCases.map { status in
      let number = "\(status.rawValue)"
      return "  " + String(repeating: " ", count: 3 - number.count) + number + "  " + status.meaning
    }.joined(separator: "\n")
  }

  package var exitCode: ExitCode { ExitCode(rawValue) }
}

/// A mistake of the user's, said in one line on stderr, with the exit status that goes with it.
package struct CommandError: Error, CustomStringConvertible, Sendable {
  package let description: String
  package let status: ExitStatus

  package init(_ description: String, _ status: ExitStatus) {
    self.description = description
    self.status = status
  }
}
