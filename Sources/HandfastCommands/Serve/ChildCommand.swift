import Foundation
import Handfast
import HandfastNIO
import HandfastTrust
import NIOCore
import NIOPosix

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// `serve --exec`: a command for each connection, which it talks to over standard input and output.
struct ChildCommand: Sendable {
  /// How long a command may go on when its connection has ended, before it is told to end, and then before it is ended.
  static let grace = Duration.seconds(2)

  let executable: URL
  let arguments: [String]

  /// Finds the command, on PATH when it has no slash. No shell is involved.
  init(
    _ words: [String], environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(CommandError) {
    guard let name = words.first else { throw CommandError("--exec needs a command", .usage) }
    let places =
      name.contains("/")
      ? [name] : (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":").map { "\($0)/\(name)" }
    guard let path = places.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
      throw CommandError("--exec \(name): no such command; name one on PATH, or pass its path", .noInput)
    }
    executable = URL(fileURLWithPath: path)
    arguments = Array(words.dropFirst())
  }

  func converse(over connection: SecureConnection, _ traffic: Traffic) async throws {
    let child = try Child(self, environment: Self.environment(for: connection))
    let output = Task {
      try? await child.readOutput { data in
        try await connection.write(data)
        traffic.send(data.readableBytes)
      }
      // The command has said all it had to say.
      try? await connection.close()
    }
    let result: Result<Void, any Error>
    do {
      let incoming = Incoming(connection)
      try await child.withInput { write in
        while let data = try await incoming.read() {
          traffic.receive(data.readableBytes)
          await write(data)
        }
      }
      result = .success(())
    } catch {
      result = .failure(error)
    }
    // A command that reads to the end of its input may still have an answer, unless the connection broke.
    if case .failure = result { child.end() } else { child.end(after: Self.grace) }
    let status = await child.status()
    await output.value
    if status != 0 { complain("\(connection.remoteAddress): the command ended with status \(status)") }
    try result.get()
  }

  /// What the command is told, beside its own environment. Nothing of these names comes from elsewhere.
  static func environment(
    for connection: SecureConnection, _ own: [String: String] = ProcessInfo.processInfo.environment
  ) -> [String: String] {
    var environment = own.filter { !$0.key.hasPrefix("HANDFAST_") }
    let settled = connection.negotiated
    let leaf = connection.peer?.presented.first
    environment["HANDFAST_REMOTE_ADDRESS"] = connection.remoteAddress
    environment["HANDFAST_PEER_SUBJECT"] = leaf?.subject
    environment["HANDFAST_PEER_ISSUER"] = leaf?.issuer
    environment["HANDFAST_PEER_NAMES"] = leaf?.names.joined(separator: ",")
    environment["HANDFAST_PEER_SHA256"] = leaf.map { hexadecimal($0.fingerprint) }
    environment["HANDFAST_VERSION"] = settled.version.description
    environment["HANDFAST_CIPHER_SUITE"] = settled.cipherSuite.description
    environment["HANDFAST_GROUP"] = settled.group?.description
    environment["HANDFAST_ALPN"] = settled.applicationProtocol
    environment["HANDFAST_SERVER_NAME"] = settled.serverName
    environment["HANDFAST_RESUMED"] = settled.isResumed ? "1" : "0"
    // So many bytes at the start of the input may be a copy of what came before.
    environment["HANDFAST_EARLY_DATA"] = connection.earlyData.map { "\($0.readableBytes)" }
    // The system ends a variable at a NUL.
    return environment.mapValues { $0.replacing("\0", with: "\\0") }
  }
}

/// A command that runs.
private final class Child: Sendable {
  private let process: Process
  private let exits: AsyncStream<Int32>
  private let input: Int32
  private let output: Int32

  init(_ command: ChildCommand, environment: [String: String]) throws {
    let (toChild, fromChild) = (Pipe(), Pipe())
    let (exits, exit) = AsyncStream.makeStream(of: Int32.self)
    self.exits = exits
    process = Process()
    process.executableURL = command.executable
    process.arguments = command.arguments
    process.environment = environment
    process.standardInput = toChild
    process.standardOutput = fromChild
    process.terminationHandler = { process in
      exit.yield(process.terminationStatus)
      exit.finish()
    }
    // The pipes close their own descriptors; the one for writing must go, or the command never sees the end of its input.
    input = fcntl(toChild.fileHandleForWriting.fileDescriptor, F_DUPFD_CLOEXEC, 0)
    output = fcntl(fromChild.fileHandleForReading.fileDescriptor, F_DUPFD_CLOEXEC, 0)
    try? toChild.fileHandleForWriting.close()
    do {
      guard input >= 0, output >= 0 else { throw CommandError("--exec: too many open files", .failure) }
      try process.run()
    } catch let error as CommandError {
      throw error
    } catch {
      if input >= 0 { close(input) }
      if output >= 0 { close(output) }
      throw CommandError("--exec \(command.executable.path): cannot be run", .failure)
    }
  }

  /// Gives `body` what it writes to the command with. A command that does not listen is no error.
  func withInput(_ body: ((ByteBuffer) async -> Void) async throws -> Void) async throws {
    let channel = try await NIOPipeBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .takingOwnershipOfDescriptor(output: input) { channel in
        channel.eventLoop.makeCompletedFuture { channel }
      }
    do {
      try await body { data in try? await channel.writeAndFlush(data) }
    } catch {
      try? await channel.close()
      throw error
    }
    try? await channel.close()
  }

  func readOutput(_ body: (ByteBuffer) async throws -> Void) async throws {
    let channel = try await NIOPipeBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .takingOwnershipOfDescriptor(input: output) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, Never>(wrappingChannelSynchronously: channel)
        }
      }
    try await channel.executeThenClose { inbound in
      for try await data in inbound { try await body(data) }
    }
  }

  /// Tells it to end; one that does not listen is ended.
  func end(after grace: Duration = .zero) {
    Task {
      try await Task.sleep(for: grace)
      signal(SIGTERM)
      try await Task.sleep(for: ChildCommand.grace)
      signal(SIGKILL)
    }
  }

  func status() async -> Int32 {
    for await status in exits { return status }
    return 0
  }

  private func signal(_ number: Int32) {
    guard process.isRunning else { return }
    let id = process.processIdentifier
    // With its own children, where it leads its group.
    kill(getpgid(id) == id ? -id : id, number)
  }
}

func hexadecimal(_ bytes: [UInt8]) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
