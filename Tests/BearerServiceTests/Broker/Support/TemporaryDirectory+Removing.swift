import Glibc

extension TemporaryDirectory {
    func remove(_ name: String) {
        unlink("\(path)/\(name)")
    }
}
