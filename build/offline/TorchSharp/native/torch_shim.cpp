// A C door to libtorch's dispatcher: an operator is found by its schema's name and called with a list of tagged values, so that one
// function serves every operator and the file compiles against any libtorch from 1.13 on. The rest is what has no operator: tensors'
// lifetimes and properties, autograd, random generators, threads.
// A tensor's handle is its TensorImpl, one reference owned; a function that fails returns -1 or null and leaves ts_error's text.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#define DOOR extern "C" __attribute__((visibility("default")))

namespace {

enum Tag : int32_t { None, TensorTag, Int, Double, Bool, IntList, DoubleList, TensorList, OptionalTensorList, String, DeviceTag, GeneratorTag };

struct Value {
  int32_t tag;
  int32_t aux;
  union {
    int64_t i;
    double d;
    void* p;
  };
  int64_t n;
};

using Impl = c10::TensorImpl;
using ImplPointer = c10::intrusive_ptr<Impl, c10::UndefinedTensorImpl>;

thread_local std::string lastError;

at::Tensor borrow(void* handle) {
  return handle ? at::Tensor(ImplPointer::reclaim_copy(static_cast<Impl*>(handle))) : at::Tensor();
}

void* give(at::Tensor tensor) {
  return tensor.defined() ? tensor.unsafeReleaseTensorImpl() : nullptr;
}

std::vector<at::Tensor> borrowAll(void** handles, int64_t count) {
  std::vector<at::Tensor> tensors;
  tensors.reserve(count);
  for (int64_t i = 0; i < count; i++) tensors.push_back(borrow(handles[i]));
  return tensors;
}

// libtorch's optional was a class of its own before it became the standard's: whichever it is, take the one its headers use.
template <typename T>
struct Same;
template <template <typename> class Optional, typename T>
struct Same<Optional<T>> {
  template <typename U>
  using Of = Optional<U>;
};
using OptionalTensor = Same<std::decay_t<decltype(std::declval<const c10::Argument&>().default_value())>>::Of<at::Tensor>;

c10::IValue optionalTensors(void** handles, int64_t count) {
  c10::List<OptionalTensor> list;
  list.reserve(count);
  for (int64_t i = 0; i < count; i++) list.push_back(handles[i] ? OptionalTensor(borrow(handles[i])) : OptionalTensor());
  return c10::IValue(list);
}

c10::Device deviceOf(int32_t type, int64_t index) {
  return c10::Device(static_cast<c10::DeviceType>(type), static_cast<c10::DeviceIndex>(index));
}

c10::IValue toIValue(const Value& v) {
  switch (v.tag) {
    case None: return c10::IValue();
    case TensorTag: return c10::IValue(borrow(v.p));
    case Int: return c10::IValue(v.i);
    case Double: return c10::IValue(v.d);
    case Bool: return c10::IValue(v.i != 0);
    case IntList: return c10::IValue(c10::ArrayRef<int64_t>(static_cast<int64_t*>(v.p), v.n));
    case DoubleList: return c10::IValue(c10::ArrayRef<double>(static_cast<double*>(v.p), v.n));
    case TensorList: return c10::IValue(c10::List<at::Tensor>(c10::ArrayRef<at::Tensor>(borrowAll(static_cast<void**>(v.p), v.n))));
    case OptionalTensorList: return optionalTensors(static_cast<void**>(v.p), v.n);
    case String: return c10::IValue(std::string(static_cast<const char*>(v.p), v.n));
    case DeviceTag: return c10::IValue(deviceOf(v.aux, v.i));
    case GeneratorTag: return c10::IValue(*static_cast<at::Generator*>(v.p));
  }
  throw std::runtime_error("unknown tag of an argument: " + std::to_string(v.tag));
}

Value fromTensors(const std::vector<at::Tensor>& tensors) {
  Value result{};
  result.tag = TensorList;
  result.n = static_cast<int64_t>(tensors.size());
  auto handles = static_cast<void**>(std::malloc(sizeof(void*) * (tensors.size() + 1)));
  for (size_t i = 0; i < tensors.size(); i++) handles[i] = give(tensors[i]);
  result.p = handles;
  return result;
}

Value fromIValue(c10::IValue& value) {
  Value result{};
  if (value.isTensor()) {
    result.p = give(std::move(value).toTensor());
    result.tag = result.p ? TensorTag : None;
  } else if (value.isInt()) {
    result.tag = Int;
    result.i = value.toInt();
  } else if (value.isDouble()) {
    result.tag = Double;
    result.d = value.toDouble();
  } else if (value.isBool()) {
    result.tag = Bool;
    result.i = value.toBool();
  } else if (value.isTensorList()) {
    result = fromTensors(value.toTensorVector());
  } else if (!value.isNone()) {
    throw std::runtime_error("an operator returned a " + value.tagKind() + ", expected a tensor, tensors or a number");
  }
  return result;
}

template <typename R, typename F>
R guarded(R failure, F body) {
  try {
    return body();
  } catch (const c10::Error& e) {
    lastError = e.what_without_backtrace();
  } catch (const std::exception& e) {
    lastError = e.what();
  }
  return failure;
}

at::Generator defaultGenerator(int32_t type, int64_t index) {
  return at::globalContext().defaultGenerator(deviceOf(type, index));
}

} // namespace

DOOR const char* ts_error() { return lastError.c_str(); }

DOOR void* ts_find(const char* name, const char* overload) {
  return guarded<void*>(nullptr, [&]() -> void* {
    auto found = c10::Dispatcher::singleton().findSchema({name, overload});
    if (!found) throw std::runtime_error(std::string("this libtorch has no operator ") + name + (*overload ? "." : "") + overload);
    return new c10::OperatorHandle(*found);
  });
}

DOOR int ts_call(void* op, const Value* arguments, int count, Value* results, int room) {
  return guarded(-1, [&] {
    auto& handle = *static_cast<c10::OperatorHandle*>(op);
    torch::jit::Stack stack;
    auto& formal = handle.schema().arguments();
    stack.reserve(formal.size());
    for (int i = 0; i < count; i++) stack.push_back(toIValue(arguments[i]));
    for (size_t i = count; i < formal.size(); i++) {
      auto value = formal[i].default_value();
      if (!value) throw std::runtime_error(handle.schema().name() + " wants a value for '" + formal[i].name() + "'");
      stack.push_back(*value);
    }
    handle.callBoxed(&stack);
    int given = std::min<int>(room, stack.size());
    for (int i = 0; i < given; i++) results[i] = fromIValue(stack[i]);
    return given;
  });
}

DOOR void ts_free(void* memory) { std::free(memory); }

DOOR void ts_retain(void* t) { (void)borrow(t).unsafeReleaseTensorImpl(); }
DOOR void ts_release(void* t) { ImplPointer::reclaim(static_cast<Impl*>(t)); }
DOOR int64_t ts_dim(void* t) { return static_cast<Impl*>(t)->dim(); }
DOOR int64_t ts_numel(void* t) { return static_cast<Impl*>(t)->numel(); }
DOOR int ts_dtype(void* t) { return static_cast<int>(c10::typeMetaToScalarType(static_cast<Impl*>(t)->dtype())); }
DOOR int ts_element_size(void* t) { return static_cast<int>(static_cast<Impl*>(t)->itemsize()); }
DOOR int64_t ts_storage_offset(void* t) { return static_cast<Impl*>(t)->storage_offset(); }
DOOR int ts_requires_grad(void* t) { return static_cast<Impl*>(t)->requires_grad(); }

DOOR void ts_shape(void* t, int64_t* sizes) {
  auto from = static_cast<Impl*>(t)->sizes();
  std::copy(from.begin(), from.end(), sizes);
}

DOOR void ts_strides(void* t, int64_t* strides) {
  auto from = static_cast<Impl*>(t)->strides();
  std::copy(from.begin(), from.end(), strides);
}

DOOR int ts_device(void* t, int* index) {
  auto device = static_cast<Impl*>(t)->device();
  *index = device.index();
  return static_cast<int>(device.type());
}

DOOR int ts_is_leaf(void* t) { return borrow(t).is_leaf(); }
DOOR int ts_is_sparse(void* t) { return borrow(t).is_sparse(); }

DOOR int ts_is_contiguous(void* t, int format) {
  return guarded(-1, [&] { return static_cast<int>(borrow(t).is_contiguous(static_cast<c10::MemoryFormat>(format))); });
}

DOOR void* ts_data(void* t) {
  return guarded<void*>(nullptr, [&] { return borrow(t).data_ptr(); });
}

DOOR int ts_set_requires_grad(void* t, int value) {
  return guarded(-1, [&] {
    borrow(t).set_requires_grad(value != 0);
    return 0;
  });
}

DOOR int ts_retain_grad(void* t) {
  return guarded(-1, [&] {
    borrow(t).retain_grad();
    return 0;
  });
}

DOOR void* ts_grad(void* t) {
  return guarded<void*>(nullptr, [&] { return give(borrow(t).mutable_grad()); });
}

DOOR int ts_set_grad(void* t, void* grad) {
  return guarded(-1, [&] {
    borrow(t).mutable_grad() = borrow(grad);
    return 0;
  });
}

// retain: 0 or 1, or -1 for "as create says".
DOOR int ts_backward(void** roots, int rootCount, void** grads, int gradCount, void** inputs, int inputCount, int retain, int create) {
  return guarded(-1, [&] {
    auto keep = retain < 0 ? create != 0 : retain != 0;
    torch::autograd::backward(borrowAll(roots, rootCount), borrowAll(grads, gradCount), keep, create != 0, borrowAll(inputs, inputCount));
    return 0;
  });
}

DOOR int ts_autograd_grad(void** outputs, int outputCount, void** inputs, int inputCount, void** grads, int gradCount, int retain,
                          int create, int unused, Value* result) {
  return guarded(-1, [&] {
    *result = fromTensors(torch::autograd::grad(borrowAll(outputs, outputCount), borrowAll(inputs, inputCount),
                                                borrowAll(grads, gradCount), retain != 0 || create != 0, create != 0, unused != 0));
    return 0;
  });
}

DOOR int ts_grad_mode() { return c10::GradMode::is_enabled(); }
DOOR void ts_set_grad_mode(int enabled) { c10::GradMode::set_enabled(enabled != 0); }
DOOR int ts_inference_mode() { return c10::InferenceMode::is_enabled(); }
DOOR void* ts_inference_enter(int enabled) { return new c10::InferenceMode(enabled != 0); }
DOOR void ts_inference_leave(void* guard) { delete static_cast<c10::InferenceMode*>(guard); }

DOOR int ts_threads() { return at::get_num_threads(); }
DOOR int ts_interop_threads() { return at::get_num_interop_threads(); }

DOOR int ts_set_threads(int count, int interop) {
  return guarded(-1, [&] {
    if (interop) at::set_num_interop_threads(count);
    else at::set_num_threads(count);
    return 0;
  });
}

DOOR int ts_cuda_count() {
  return guarded(0, [] { return at::hasCUDA() ? static_cast<int>(at::getNumGPUs()) : 0; });
}

DOOR int ts_cudnn() { return at::globalContext().hasCuDNN(); }

DOOR int ts_synchronize(int type, int index) {
  return guarded(-1, [&] {
    auto device = deviceOf(type, index);
    auto guard = c10::impl::getDeviceGuardImpl(device.type());
    guard->getStream(device.has_index() ? device : guard->getDevice()).synchronize();
    return 0;
  });
}

DOOR int ts_manual_seed(int64_t seed) {
  return guarded(-1, [&] {
    at::manual_seed(seed);
    return 0;
  });
}

DOOR void* ts_generator(int type, int index, int fresh, int64_t seed) {
  return guarded<void*>(nullptr, [&]() -> void* {
    if (!fresh) return new at::Generator(defaultGenerator(type, index));
    auto made = deviceOf(type, index).is_cpu() ? at::make_generator<at::CPUGeneratorImpl>() : defaultGenerator(type, index).clone();
    made.set_current_seed(seed);
    return new at::Generator(made);
  });
}

DOOR void ts_generator_release(void* g) { delete static_cast<at::Generator*>(g); }

DOOR int64_t ts_generator_seed(void* g, int renew) {
  return guarded<int64_t>(-1, [&] {
    auto& generator = *static_cast<at::Generator*>(g);
    std::lock_guard<std::mutex> lock(generator.mutex());
    return static_cast<int64_t>(renew ? generator.seed() : generator.current_seed());
  });
}

DOOR int ts_generator_set_seed(void* g, int64_t seed) {
  return guarded(-1, [&] {
    auto& generator = *static_cast<at::Generator*>(g);
    std::lock_guard<std::mutex> lock(generator.mutex());
    generator.set_current_seed(seed);
    return 0;
  });
}

DOOR void* ts_generator_state(void* g) {
  return guarded<void*>(nullptr, [&] {
    auto& generator = *static_cast<at::Generator*>(g);
    std::lock_guard<std::mutex> lock(generator.mutex());
    return give(generator.get_state());
  });
}

DOOR int ts_generator_set_state(void* g, void* state) {
  return guarded(-1, [&] {
    auto& generator = *static_cast<at::Generator*>(g);
    std::lock_guard<std::mutex> lock(generator.mutex());
    generator.set_state(borrow(state));
    return 0;
  });
}
