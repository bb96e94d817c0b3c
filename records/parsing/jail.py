"""The walls around a process that opens files nobody here wrote: no_new_privs, Landlock, seccomp, rlimits.

Every wall answers whether it stands; the kernel or the machine may lack one. Only the standard library is needed,
and `pyseccomp` for the system call filter.
"""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import socket
import struct
import tempfile
from collections.abc import Iterable, Mapping

PR_SET_PDEATHSIG = 1
PR_SET_SECCOMP = 22
PR_SET_NO_NEW_PRIVS = 38
PR_SET_DUMPABLE = 4
SECCOMP_MODE_FILTER = 2
SIGKILL = 9

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3

_libc = ctypes.CDLL(None, use_errno=True)

#: System calls a parser never needs. Creating processes and threads is among them.
DENIED_CALLS = """
socket socketpair connect bind listen accept accept4
fork vfork clone execve execveat ptrace process_vm_readv process_vm_writev process_madvise pidfd_open pidfd_getfd
pidfd_send_signal kcmp mount umount2 move_mount open_tree fsopen fsconfig fsmount fspick mount_setattr pivot_root
chroot setns unshare bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register keyctl add_key
request_key init_module finit_module delete_module kexec_load kexec_file_load reboot swapon swapoff
open_by_handle_at name_to_handle_at personality setuid setgid setresuid setresgid setreuid setregid setgroups
capset syslog acct quotactl settimeofday clock_settime sethostname setdomainname
mkdir mkdirat rmdir rename renameat renameat2 link linkat symlink symlinkat unlink unlinkat mknod mknodat truncate
chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes utimensat futimesat
setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr inotify_init inotify_init1 fanotify_init
kill sched_setaffinity mq_open shmget semget msgget openat2
""".split()

#: System calls that no program needs which turns one file into another.
PROGRAM_DENIED_CALLS = """
ptrace process_vm_readv process_vm_writev process_madvise pidfd_open pidfd_getfd pidfd_send_signal kcmp
mount umount2 move_mount open_tree fsopen fsconfig fsmount fspick mount_setattr pivot_root chroot setns unshare
bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register keyctl add_key request_key
init_module finit_module delete_module kexec_load kexec_file_load reboot swapon swapoff open_by_handle_at
name_to_handle_at setuid setgid setresuid setresgid setreuid setregid setgroups capset syslog acct quotactl
settimeofday clock_settime sethostname setdomainname fanotify_init mq_open
""".split()

#: Flags of clone: user, mount, PID, network, IPC, host name and control group namespaces.
_NEW_NAMESPACES = (0x10000000, 0x00020000, 0x20000000, 0x40000000, 0x08000000, 0x04000000, 0x02000000)

_WRITING = (os.O_WRONLY, os.O_RDWR, os.O_CREAT, os.O_TRUNC)


def die_with_parent() -> None:
    """Ask the kernel to kill this process when its parent goes."""
    _libc.prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)


def forbid_new_privileges() -> bool:
    """No program started from here can gain rights; also no core dump and no attaching."""
    _libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    return int(_libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) == 0


# -- rlimits -------------------------------------------------------------------------------------------------------


def limit_resources(limits: Mapping[str, int]) -> None:
    """Set what is the same for every file: CPU seconds, written bytes, descriptors, no core dump."""
    cpu = limits["cpu_seconds"]
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
    table = {
        resource.RLIMIT_FSIZE: limits["file_size"],
        resource.RLIMIT_NOFILE: limits["open_files"],
        resource.RLIMIT_CORE: 0,
    }
    for which, value in table.items():
        resource.setrlimit(which, (value, value))


def limit_memory(most: int) -> None:
    """Limit the address space of this process to so many bytes, or to fewer where it is limited already."""
    _, standing = resource.getrlimit(resource.RLIMIT_AS)
    least = most if standing == resource.RLIM_INFINITY else min(most, standing)
    resource.setrlimit(resource.RLIMIT_AS, (least, least))


def keep_freed_memory() -> None:
    """Give back what is free now, and keep what is freed from now on: a child asks the kernel for less."""
    _libc.malloc_trim(0)
    for option, value in ((_TRIM_THRESHOLD, 1 << 28), (_MMAP_THRESHOLD, 1 << 25), (_TOP_PAD, 1 << 20)):
        _libc.mallopt(option, value)


# -- seccomp -------------------------------------------------------------------------------------------------------


def build_filter() -> bytes:
    """The compiled system call filter, ready for `install_filter`; empty where libseccomp is absent."""
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError):
        return b""
    rules = pyseccomp.SyscallFilter(defaction=pyseccomp.ALLOW)
    refused = pyseccomp.ERRNO(errno.EPERM)
    for name in DENIED_CALLS:
        _deny(rules, refused, name)
    _deny(rules, pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    _deny(rules, refused, "prlimit64", pyseccomp.Arg(0, pyseccomp.NE, 0))  # its own limits it may only lower
    for name, position in (("openat", 2), ("open", 1)):
        for bit in _WRITING:
            _deny(rules, refused, name, pyseccomp.Arg(position, pyseccomp.MASKED_EQ, bit, bit))
    return _exported(rules)


def build_program_filter() -> bytes:
    """A filter for a whole program: it may start processes and write in its own folder, but reach no kernel surface
    that a converter never needs, no network family, no new namespace. Empty where libseccomp is absent."""
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError):
        return b""
    rules = pyseccomp.SyscallFilter(defaction=pyseccomp.ALLOW)
    refused = pyseccomp.ERRNO(errno.EPERM)
    for name in PROGRAM_DENIED_CALLS:
        _deny(rules, refused, name)
    _deny(rules, pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    for bit in _NEW_NAMESPACES:
        _deny(rules, refused, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, bit, bit))
    _deny(rules, refused, "socket", pyseccomp.Arg(0, pyseccomp.NE, socket.AF_UNIX))
    return _exported(rules)


def _deny(rules: object, action: int, name: str, *arguments: object) -> None:
    try:
        rules.add_rule(action, name, *arguments)  # type: ignore[attr-defined]
    except (OSError, ValueError, RuntimeError):  # a call this kernel, machine or libseccomp does not know
        return


def _exported(rules: object) -> bytes:
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)  # type: ignore[attr-defined]
        file.seek(0)
        return file.read()


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def install_filter(compiled: bytes) -> bool:
    """Install a compiled filter on this process, for good."""
    if not compiled:
        return False
    code = ctypes.create_string_buffer(compiled, len(compiled))
    program = _Program(len(compiled) // 8, ctypes.cast(code, ctypes.c_void_p))
    return int(_libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0)) == 0


# -- Landlock ------------------------------------------------------------------------------------------------------

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_FS_BITS_BY_ABI = {1: 13, 2: 14, 3: 15, 4: 15}
_NETWORK_TCP = 0b11


def landlock_version() -> int:
    """Version of Landlock the kernel offers; 0 when it offers none."""
    version = _libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    return max(int(version), 0)


def restrict_files(readable: Iterable[str]) -> bool:
    """Leave only reading, only beneath ``readable``; no writing and no TCP anywhere."""
    version = landlock_version()
    if not version:
        return False
    ruleset = _new_ruleset(version)
    if ruleset < 0:
        return False
    for path in readable:
        _allow_reading(ruleset, path)
    standing = int(_libc.syscall(_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))) == 0
    os.close(ruleset)
    return standing


def _new_ruleset(version: int) -> int:
    handled = (1 << _FS_BITS_BY_ABI.get(version, 16)) - 1
    attributes = struct.pack("=QQ", handled, _NETWORK_TCP) if version >= 4 else struct.pack("=Q", handled)
    return int(_libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint32(0)))


def _allow_reading(ruleset: int, path: str) -> None:
    try:
        folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    rights = _READ_FILE | (_READ_FOLDER if os.path.isdir(path) else 0)
    rule = struct.pack("=Qi", rights, folder)
    _libc.syscall(_ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(1), rule, ctypes.c_uint32(0))
    os.close(folder)
