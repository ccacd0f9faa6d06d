import Foundation
import Handfast
import HandfastTestKit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What BoringSSL's runner is to the shim, with a script of ours: it listens, starts the shim, lets it dial, and speaks TLS with it.
/// It blocks, for as long as `patience` at most.
final class ScriptedRunner {
  struct Ending: Equatable {
    let status: Int32
    let output: String
    let errors: String
  }

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private static let patience = 60
  private let listener: Int32
  private let port: UInt16
  private let shim = Process()
  private let output = Pipe()
  private let errors = Pipe()
  private var connection: Int32?

  /// The shim stands beside what is run.
  private static var program: URL {
    get throws {
      var folder = Bundle.main.executableURL?.deletingLastPathComponent()
      for argument in CommandLine.arguments where argument.hasSuffix(".xctest") {
        folder = URL(fileURLWithPath: argument).deletingLastPathComponent()
      }
      let candidates = [folder, Bundle.main.bundleURL, Bundle.main.bundleURL.deletingLastPathComponent()]
      for case .some(let folder) in candidates {
        let program = folder.appendingPathComponent("BogoShim")
        if FileManager.default.isExecutableFile(atPath: program.path) { return program }
      }
      throw Failure(description: "no BogoShim beside \(CommandLine.arguments.first ?? "this program")")
    }
  }

  init() throws {
    #if canImport(Glibc)
      let stream = Int32(SOCK_STREAM.rawValue)
    #else
      let stream = SOCK_STREAM
    #endif
    listener = socket(AF_INET, stream, 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let (descriptor, size) = (listener, length)
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, size) == 0 && listen(descriptor, 4) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    port = UInt16(bigEndian: address.sin_port)
    guard isListening else { throw Failure(description: "cannot listen on 127.0.0.1") }
    Self.limit(listener)
  }

  private static func limit(_ descriptor: Int32) {
    var time = timeval(tv_sec: patience, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
  }

  func start(_ flags: [String], dials: Bool = true) throws {
    shim.executableURL = try Self.program
    shim.arguments = (dials ? ["-port", "\(port)", "-shim-id", "258"] : []) + flags
    shim.standardOutput = output
    shim.standardError = errors
    try shim.run()
  }

  /// Takes the next connection of the shim, and its id.
  func accept() throws -> [UInt8] {
    hangUp()
    let descriptor = Self.accept(listener)
    guard descriptor >= 0 else { throw Failure(description: "the shim did not dial") }
    Self.limit(descriptor)
    connection = descriptor
    var identifier: [UInt8] = []
    while identifier.count < 8 {
      let part = try read(8 - identifier.count)
      guard !part.isEmpty else { throw Failure(description: "the shim hung up before its id") }
      identifier += part
    }
    return identifier
  }

  private static func accept(_ listener: Int32) -> Int32 {
    #if canImport(Glibc)
      Glibc.accept(listener, nil, nil)
    #else
      Darwin.accept(listener, nil, nil)
    #endif
  }

  func read(_ limit: Int = 1 << 14) throws -> [UInt8] {
    guard let connection else { throw Failure(description: "there is no connection") }
    var count = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, initialized in
      count = recv(connection, buffer.baseAddress, limit, 0)
      initialized = max(count, 0)
    }
    guard count >= 0 else { throw Failure(description: "nothing came from the shim for \(Self.patience) s") }
    return bytes
  }

  func write(_ bytes: [UInt8]) throws {
    guard let connection else { throw Failure(description: "there is no connection") }
    var start = 0
    while start < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        send(connection, buffer.baseAddress.map { $0 + start }, buffer.count - start, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      start += count
    }
  }

  /// Moves `side` on by what the shim sends, until `isDone` or the shim has hung up.
  func talk(_ side: Endpoint, until isDone: (Endpoint) -> Bool) throws {
    try write(side.takeOwed())
    while !isDone(side), side.failure == nil {
      let bytes = try read()
      guard !bytes.isEmpty else { return side.endInput() }
      side.feed(bytes)
      try write(side.takeOwed())
    }
  }

  func hangUp() {
    if let connection { _ = close(connection) }
    connection = nil
  }

  /// How the shim ends.
  func end() -> Ending {
    hangUp()
    let output = text(output)
    let errors = text(errors)
    shim.waitUntilExit()
    return Ending(status: shim.terminationStatus, output: output, errors: errors)
  }

  private func text(_ pipe: Pipe) -> String {
    String(decoding: (try? pipe.fileHandleForReading.readToEnd()) ?? Data(), as: UTF8.self)
  }

  deinit {
    hangUp()
    _ = close(listener)
    if shim.isRunning { shim.terminate() }
  }
}
