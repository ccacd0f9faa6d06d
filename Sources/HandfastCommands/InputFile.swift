import Foundation

/// A file that the user names.
struct InputFile {
  let path: String
  let bytes: [UInt8]

  /// Reads the whole file; more than `limit` bytes are refused before they are read.
  init(_ path: String, limit: Int) throws(CommandError) {
    self.path = path
    guard FileManager.default.fileExists(atPath: path) else { throw CommandError("\(path): no such file", .noInput) }
    let type = (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType
    guard type != .typeDirectory else { throw CommandError("\(path): this is a folder, not a file", .noInput) }
    do {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? handle.close() }
      bytes = Array(try handle.read(upToCount: limit + 1) ?? Data())
    } catch {
      let isForbidden = (error as? CocoaError)?.code == .fileReadNoPermission
      throw CommandError("\(path): \(isForbidden ? "not permitted" : "cannot be read")", .noInput)
    }
    guard bytes.count <= limit else {
      throw CommandError("\(path): more than the \(limit) bytes that are read", .badInput)
    }
  }

  var text: String { String(decoding: bytes, as: UTF8.self) }
}
