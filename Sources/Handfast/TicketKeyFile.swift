import HandfastCore
import HandfastCrypto
import SystemPackage

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Why a file of ticket keys cannot be used. Each case names the file, the problem and the way out.
@nonexhaustive public enum TicketKeyFileError: Error, Hashable, Sendable {
  case noFiles
  case tooManyFiles(count: Int, limit: Int)
  case unreadable(path: String, reason: String)
  case notAFile(path: String)
  /// Nil: more than 80 bytes.
  case wrongSize(path: String, byteCount: Int?)
  /// Others than the owner and the group may read or write it; `permissions` are the mode's last nine bits.
  case accessibleByOthers(path: String, permissions: UInt16)
  case sameName(path: String, as: String)
}

extension TicketKeyFileError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noFiles: "there is no file of ticket keys: name at least one, made with 'openssl rand 80 > ticket.key'"
    case .tooManyFiles(let count, let limit):
      "\(count) files of ticket keys are more than the \(limit) that are read: leave the oldest out"
    case .unreadable(let path, let reason):
      "\(path): the ticket key cannot be read (\(reason)): check path and permissions"
    case .notAFile(let path): "\(path): this is no file: name a file of 48 or 80 random bytes"
    case .wrongSize(let path, let count):
      "\(path): a ticket key has 48 or 80 bytes, and this file has \(count.map { "\($0)" } ?? "more than 80"): "
        + "make one with 'openssl rand 80 > FILE'"
    case .accessibleByOthers(let path, let permissions):
      "\(path): anybody on this machine may use the ticket key (mode \(String(permissions, radix: 8))): 'chmod 600 FILE'"
    case .sameName(let path, let other):
      "\(path): its first 16 bytes, the key's name, are those of \(other): make each file anew with 'openssl rand 80'"
    }
  }
}

/// One file of ticket keys.
enum TicketKeyFile {
  static let limit = 16

  /// All files' keys, in order.
  static func load(_ paths: [String]) throws(TicketKeyFileError) -> [TicketKey] {
    guard !paths.isEmpty else { throw .noFiles }
    guard paths.count <= limit else { throw .tooManyFiles(count: paths.count, limit: limit) }
    var keys: [TicketKey] = []
    for path in paths {
      let key = try load(path)
      if let index = keys.firstIndex(where: { $0.name == key.name }) { throw .sameName(path: path, as: paths[index]) }
      keys.append(key)
    }
    return keys
  }

  private static func load(_ path: String) throws(TicketKeyFileError) -> TicketKey {
    var bytes = try read(path)
    defer { overwrite(&bytes) }
    guard bytes.count == 48 || bytes.count == 80 else {
      throw .wrongSize(path: path, byteCount: bytes.count > 80 ? nil : bytes.count)
    }
    // All bytes after the name make the key, so that it takes no part of nginx's keys as it is when both share a file.
    let label = Array("handfast ticket key file 1".utf8)
    let none: [UInt8] = []
    let material = SessionSecret(Array(bytes[TicketKey.nameByteCount...]))
    let derived = material.withSpan { span in
      DefaultCryptoProvider().mac(.sha256, key: span).authenticate(label.span, none.span)
    }
    guard let key = TicketKey(name: Array(bytes.prefix(TicketKey.nameByteCount)), key: derived) else {
      throw .wrongSize(path: path, byteCount: bytes.count)
    }
    return key
  }

  private static func read(_ path: String) throws(TicketKeyFileError) -> [UInt8] {
    let status: Stat
    do {
      status = try FilePath(path).stat()
    } catch {
      throw .unreadable(path: path, reason: "\(error)")
    }
    // Looked at before it is opened: a pipe would keep us waiting, and a large file fill the memory.
    guard status.type == .regular else { throw .notAFile(path: path) }
    guard status.permissions.isDisjoint(with: [.otherRead, .otherWrite, .otherExecute]) else {
      throw .accessibleByOthers(
        path: path, permissions: UInt16(truncatingIfNeeded: status.permissions.rawValue) & 0o777)
    }
    guard status.size <= 80 else { throw .wrongSize(path: path, byteCount: nil) }
    // Foundation loses 4 KiB with each empty file it reads, and this one is looked at again and again.
    guard status.size > 0 else { throw .wrongSize(path: path, byteCount: 0) }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .unreadable(path: path, reason: "not permitted")
    }
    return [UInt8](data)
  }
}
