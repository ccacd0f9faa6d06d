import Foundation
import SystemPackage

/// Where certificates and keys are written: keys for their owner's eyes only, and nothing overwritten unasked.
struct CertificateFolder {
  struct File {
    let name: String
    let text: String
    var isPrivate = false
  }
  private let path: String
  private let overwrites: Bool

  /// Makes the folder if there is none.
  init(_ path: String, overwrites: Bool) throws(CommandError) {
    self.path = path
    self.overwrites = overwrites
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw CommandError("\(path): \(error.localizedDescription)", .cannotCreate)
    }
  }

  /// Writes all of them, or none when one is there already.
  func write(_ files: [File]) throws(CommandError) {
    for file in files where FileManager.default.fileExists(atPath: place(of: file)) {
      guard overwrites else {
        throw CommandError(
          "\(place(of: file)) exists already; pass --force to overwrite it, or another --directory", .cannotCreate)
      }
      // Removed rather than truncated, so that the new one has its own permissions.
      try? FileManager.default.removeItem(atPath: place(of: file))
    }
    for file in files { try write(file) }
  }

  private func write(_ file: File) throws(CommandError) {
    do {
      let descriptor = try FileDescriptor.open(
        FilePath(place(of: file)), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
        permissions: file.isPrivate ? .ownerReadWrite : [.ownerReadWrite, .groupRead, .otherRead])
      _ = try descriptor.closeAfter { try descriptor.writeAll(file.text.utf8) }
    } catch {
      throw CommandError("\(place(of: file)): \(error)", .cannotCreate)
    }
  }

  private func place(of file: File) -> String { "\(path)/\(file.name)" }
}
