public import HandfastCore
import Synchronization
import SystemPackage

/// Writes the secrets of connections to a key log file (RFC 9850), from which Wireshark and others decrypt a capture.
///
/// Whoever can read the file can read every connection logged in it. It is made for its owner's eyes only, and a file that is
/// there already is appended to.
public final class KeyLogFile: SecretSink {
  public let path: String
  private let file: FileDescriptor
  private let firstFailure = Mutex<Failure?>(nil)

  /// A file that cannot be opened or written to.
  public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
    public let path: String
    /// The system's reason.
    public let reason: String

    public var description: String { "\(path): \(reason)" }
  }

  /// Opens the file, and makes it (mode 0600) where there is none.
  public init(path: String) throws(Failure) {
    self.path = path
    do {
      file = try FileDescriptor.open(
        FilePath(path), .writeOnly, options: [.append, .create, .closeOnExec], permissions: .ownerReadWrite)
    } catch {
      throw Failure(path: path, reason: "\(error)")
    }
  }

  deinit { try? file.close() }

  /// Why a line could not be written, if ever one could not. Connections go on without their line.
  public var failure: Failure? { firstFailure.withLock { $0 } }

  public func receive(_ secret: DisclosedSecret) {
    guard let label = secret.keyLogLabel else { return }
    // One write per line: lines of several writers do not mix in a file that is opened to append.
    let line = "\(label) \(hex(secret.clientRandom)) \(hex(secret.bytes))\n"
    do {
      try file.writeAll(line.utf8)
    } catch {
      firstFailure.withLock { $0 = $0 ?? Failure(path: path, reason: "\(error)") }
    }
  }
}

private func hex(_ bytes: [UInt8]) -> String {
  let digits = Array("0123456789abcdef")
  return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
}
