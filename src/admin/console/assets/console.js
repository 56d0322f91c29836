var b,Yt,pt,se,ut,Be,Kt,Ie,Jt,dt,ft,Co,Te=Symbol.for("pv"),He={},Qe=[],Eo=/^m(i|n|o|s|text|space)$/,_t=Array.isArray,mt=Qe.slice,pe=Object.assign;function fe(e){e&&e.parentNode&&e.remove()}function Ce(e,t,n){var o,r,i,a={},c=arguments.length;for(i in t)i=="key"?o=t[i]:i=="ref"&&typeof e!="function"?r=t[i]:a[i]=t[i];return c>2&&(a.children=c>3?mt.call(arguments,2):n),xe(e,a,o,r,null)}function xe(e,t,n,o,r){var i={type:e,props:t,key:n,ref:o,__k:null,__:null,__b:0,__e:null,__c:null,constructor:Te,__v:r||++Yt,__i:-1,__u:0};return!r&&b.vnode&&b.vnode(i),i}function _e(e){return e.children}function de(e,t){this.props=e,this.context=t,this.__g=0}function ae(e,t){if(t==null)return e.__&&ae(e.__,e.__i+1);for(var n;t<e.__k.length;t++)if((n=e.__k[t])&&n.__e)return n.__e;return typeof e.type!="function"||e.props.__P?null:ae(e)}function Po(e){var t,n=e.__v,o=n.__e,r=[],i=[],a=e.__P;a&&((t=pe({constructor:Te},n)).__v=n.__v+1,b.vnode&&b.vnode(t),ht(a,t,n,e.__n,a.namespaceURI,32&n.__u?[o]:null,r,o||ae(n),32&n.__u,i),t.__v=n.__v,t.__.__k[t.__i]=t,on(r,t,i),n.__=n.__e=null,t.__e!=o&&Xt(t))}function Xt(e){if((e=e.__)&&e.__c&&!e.props.__P)return e.__e=null,e.__k.some(function(t){return t&&(e.__e=t.__e)}),Xt(e)}function zt(e){(8&e.__g||(e.__g|=8,se.push(e),Be++))&&ut==b.debounceRendering||((ut=b.debounceRendering)||queueMicrotask)(Zt)}function Zt(){try{for(var e,t=1;se.length;)se.length>t&&se.sort(Kt),e=se.shift(),t=se.length,8&e.__g&&Po(e)}finally{(Be=se.length)&&(ut||queueMicrotask)(Zt)}}function en(e,t,n,o,r,i,a,c,f,p,u){var h,_,l,d,v,m,g=o.__k||Qe,y=t.length;for(f=Oo(n,t,g,f,y),h=0;h<y;h++)(l=n.__k[h])!=null&&(_=~l.__i&&g[l.__i]||He,l.__i=h,m=ht(e,l,_,r,i,a,c,f,p,u),d=l.__e,(_.ref!=l.ref||8&_.__u)&&(_.ref&&$t(_.ref,null,l,_),l.ref&&u.push(l.ref,l.__c||d,l)),v=v||d,4&l.__u?(f=tn(l,f,e,!_.__v),_.__e&&(_.__e=null)):typeof l.type=="function"&&m!==void 0?f=m:d&&(f=d.nextSibling),l.__u&=-21);return n.__e=v,f}function Oo(e,t,n,o,r){var i,a,c,f,p,u,h,_,l,d=n.length,v=d,m=0,g=0,y=e.__k=Array(r);for(i=0;i<r;i++)(a=t[i])!=null&&typeof a!="boolean"&&typeof a!="function"?(typeof a!="object"||a.constructor===String?a=y[i]=xe(null,a):_t(a)?a=y[i]=xe(_e,{children:a}):a.constructor===Te&&a.__b?a=y[i]=xe(a.type,a.props,a.key,a.ref,a.__v):y[i]=a,f=i+m,a.__=e,a.__b=e.__b+1,c=null,~(p=a.__i=qo(a,n,f,v))&&(v--,(c=n[p])&&(c.__u|=2)),c&&c.__v?(a.__u|=16,p==f-1?m--:p==f+1?m++:p!=f&&(p>f?m--:m++,g=1)):(~p||(r>d?m--:r<d&&m++),typeof a.type!="function"&&(a.__u|=4))):y[i]=null;if(g){for(u=[],h=[],i=0;i<r;i++)if((a=y[i])&&16&a.__u){for(m=0,_=u.length;m<_;)u[l=m+_>>1]<a.__i?m=l+1:_=l;u[m]=a.__i,h[i]=m+1}for(m=u.length;i--;)h[i]&&(h[i]==m?m--:y[i].__u|=4)}if(v)for(i=0;i<d;i++)!(c=n[i])||2&c.__u||(c.__e==o&&(o=ae(c)),vt(c,c));return o}function tn(e,t,n,o){var r,i,a,c;if(typeof e.type=="function"){if(e.props.__P)return t;if(r=e.__k)for(i=0;i<r.length;i++)r[i]&&(r[i].__=e,t=tn(r[i],t,n,!1));return t}for(t&&!t.parentNode&&(t=ae(e))&&!t.parentNode&&(t=null),a=e.__e,c=t;c&&c.nodeType==8;)c=c.nextSibling;for(a!=c&&(!o&&n.moveBefore&&a.parentNode?n.moveBefore(a,t):n.insertBefore(a,t||null)),t=a;(t=t&&t.nextSibling)&&t.nodeType==8&&!t.data.startsWith("$s"););return t}function qo(e,t,n,o){var r,i=e.key,a=e.type,c=t[n],f=c&&!(2&c.__u);if(c===null&&i==null||f&&i==c.key&&a==c.type)return n;if(o>(f?1:0)){for(r=n-1;r>=0;r--)if((c=t[r])&&!(2&c.__u)&&i==c.key&&a==c.type)return r;for(r=n+1;r<t.length;r++)if((c=t[r])&&!(2&c.__u)&&i==c.key&&a==c.type)return r}return-1}function Gt(e,t,n){n==null&&(n=""),t[0]=="-"?e.setProperty(t,n):e[t]=n}function Fe(e,t,n,o,r){var i,a;if(t=="style")if(typeof n=="string")e.style.cssText=n;else{if(typeof o=="string"&&(e.style.cssText=o=""),o)for(t in o)n&&t in n||Gt(e.style,t);if(n)for(t in n)o&&n[t]==o[t]||Gt(e.style,t,n[t])}else if(t[0]=="o"&&t[1]=="n")typeof n!="function"&&(n=null),typeof o!="function"&&(o=null),(e.__e||(e.__e={}))[t]=n,n&&o||(a=ft[t]||(ft[t]=Mo(t)),(e.__a||(e.__a={}))[t]=dt,i=t!=(t=t.replace(Jt,"$1")),(t=t.slice(2))[0]<"a"&&(t=t.toLowerCase()),n?e.addEventListener(t,a,i):e.removeEventListener(t,a,i));else{if(r=="http://www.w3.org/2000/svg")t=t.replace(/xlink(H|:h)/,"h").replace(/sName$/,"s");else if(t!="width"&&t!="height"&&t!="href"&&t!="list"&&t!="form"&&t!="tabIndex"&&t!="download"&&t!="rowSpan"&&t!="colSpan"&&t!="role"&&t!="popover"&&t in e)try{return void(e[t]=n??"")}catch{}if(typeof n=="function")return;n==null||n===!1&&t[4]!="-"?e.removeAttribute(t):e.setAttribute(t,t=="popover"&&n==1?"":n)}}function Mo(e){return function(t){var n=this.__e;if(n){if(n=n[e],t[Ie]==null)t[Ie]=dt++;else if(t[Ie]<this.__a[e])return;return n(b.event?b.event(t):t)}}}function ht(e,t,n,o,r,i,a,c,f,p){var u,h,_,l,d,v,m,g,y,A,T,lt,Qt,Ue,le,Wt,re,ue,te=t.type;if(t.constructor!==Te)return null;128&n.__u&&(f=32&n.__u,u=n.__c.__z)&&(t.__u|=f,h=i=[],u.nodeType==8?c=Ve(u,i):i.push(u),c=i[0]||c),(u=b.__b)&&u(t);e:if(typeof te=="function"){_=a.length;try{if(g=t.props,y=(u=te.prototype)&&u.render,A=(u=te.contextType)&&o[u.__c],T=u?A?A.props.value:u.__:o,(l=n.__c)?(t.__c=l,2&l.__g&&(l.__g|=1)):(y?t.__c=l=new te(g,T):(t.__c=l=new de(g,T),l.constructor=te,l.render=Lo),A&&A.sub(l),l.state||(l.state={}),l.__n=o,l.__g|=8,l.__h=[],l.__k=[]),y&&(l.__s||(l.__s=l.state),te.getDerivedStateFromProps&&(l.__s==l.state&&(l.__s=pe({},l.__s)),pe(l.__s,te.getDerivedStateFromProps(g,l.__s)))),d=l.props,v=l.state,l.__v=t,n.__c){if(g!==d&&y&&!te.getDerivedStateFromProps&&l.componentWillReceiveProps&&l.componentWillReceiveProps(g,T),t.__v==n.__v&&!(8&l.__g)||!(4&l.__g)&&l.shouldComponentUpdate&&l.shouldComponentUpdate(g,l.__s,T)===!1){t.__v!=n.__v&&(l.props=g,l.state=l.__s,l.__g&=-9),t.__e=n.__e,t.__k=n.__k,t.__k.some(function(K){K&&(K.__=t)}),Qe.push.apply(l.__h,l.__k),l.__k=[],l.__h.length&&a.push(l),c=ae(n);break e}l.componentWillUpdate&&l.componentWillUpdate(g,l.__s,T),y&&l.componentDidUpdate&&l.__h.push(function(){l.componentDidUpdate(d,v,m)})}else y&&!te.getDerivedStateFromProps&&l.componentWillMount&&l.componentWillMount(),y&&l.componentDidMount&&l.__h.push(l.componentDidMount);l.context=T,l.props=g,l.__P=e,l.__g&=-5,lt=b.__r,Qt=y?25:0;do l.__g&=-9,lt&&lt(t),u=l.render(l.props,l.state=l.__s,l.context);while(8&l.__g&&++Qt<25);y&&(Qe.push.apply(l.__h,l.__k),l.__k=[]),l.state=l.__s,l.getChildContext&&(o=pe({},o,l.getChildContext())),y&&n.__c&&l.getSnapshotBeforeUpdate&&(m=l.getSnapshotBeforeUpdate(d,v)),Ue=u&&u.type===_e&&u.key==null?u.props.children:u,g.__P&&(u=c,r=(e=g.__P).namespaceURI,f=i=null,n.props&&n.props.__P!=e&&(n.__k.some(function(K){K&&vt(K,K)}),n.__k=null),c=n.__k?ae(n,0):null),c=en(e,_t(Ue)?Ue:[Ue],t,n,o,r,i,a,c,f,p),g.__P&&(t.__e=null,c=u),t.__u&=-161,h&&h.some(fe),l.__h.length&&a.push(l),1&l.__g&&(l.__g&=-4)}catch(K){if(a.length=_,t.__v=null,f||i)if(K&&K.then){if(t.__u|=128|f,i){for(~(re=i.indexOf(c||void 0))||(re=i.length);(ue=i[re-1])&&ue.nodeType==8;)re--;for(;re<i.length;re++)if(ue=i[re])if(i[re]=null,le){if(ue==Wt)break}else{if(ue.nodeType!=8)break;ue.data.startsWith("$s")&&(Wt=Ve(le=ue))}}if(!le){for(;c&&c.nodeType==8&&c.nextSibling;)c=c.nextSibling;le=c}(u=Ve(le=t.__c.__z||(t.__c.__z=le)))?(t.__e=le,c=u):t.__e=c,c=c&&c.nextSibling}else i&&i.some(fe);else t.__e=n.__e;t.__k||(t.__k=n.__k||[]),K&&K.then||nn(t),b.__e(K,t,n)}}else c=t.__e=No(n.__e,t,n,o,r,i,a,f,p,e);return(u=b.diffed)&&u(t),c}function Ve(e,t){if(e&&e.nodeType==8&&e.data.startsWith("$s"))for(var n=1;e=e.nextSibling;){if(e.nodeType==8){if(e.data.startsWith("$s"))n++;else if(e.data.startsWith("/$s")&&!--n)return e}t&&t.push(e)}}function nn(e){e&&(e.__c&&(e.__c.__g|=4),e.__k&&e.__k.some(nn))}function on(e,t,n){for(var o=0;o<n.length;)$t(n[o++],n[o++],n[o++]);b.__c&&b.__c(t,e),e.some(function(r){try{e=r.__h,r.__h=[],e.some(function(i){i.call(r)})}catch(i){b.__e(i,r.__v)}})}function No(e,t,n,o,r,i,a,c,f,p){var u,h,_,l,d,v,m,g,y=n.props||He,A=t.props,T=t.type;if(T=="svg"?r="http://www.w3.org/2000/svg":T=="math"?r="http://www.w3.org/1998/Math/MathML":r||(r="http://www.w3.org/1999/xhtml"),i){for(u=0;u<i.length;u++)if((d=i[u])&&(T?d.localName==T:d.nodeType==3)){e=d,i[u]=null;break}}if(!e){if(g=p.ownerDocument||document,!T)return g.createTextNode(A);e=g.createElementNS(r,T,A.is?A:p),c&&(b.__m&&b.__m(t,i),c=!1),i=null}if(T){if(p=T=="template"&&e.content||e,i=T=="textarea"&&A.defaultValue!=null?null:i&&mt.call(p.childNodes),!c&&i)for(y={},u=0;u<e.attributes.length;u++)y[(d=e.attributes[u]).name]=d.value;for(u in y)d=y[u],u=="dangerouslySetInnerHTML"?_=d:u=="children"||u in A||u=="value"&&"defaultValue"in A||u=="checked"&&"defaultChecked"in A||Fe(e,u,null,d,r);for(u in A)d=A[u],u=="children"?l=d:u=="dangerouslySetInnerHTML"?h=d:u=="value"?v=d:u=="checked"?m=d:c&&typeof d!="function"||y[u]===d||Fe(e,u,d,y[u],r);h?(c||_&&(h.__html==_.__html||h.__html==e.innerHTML)||(e.innerHTML=h.__html),t.__k=[]):(_&&(e.textContent=""),(T=="foreignObject"||r=="http://www.w3.org/1998/Math/MathML"&&Eo.test(T))&&(r="http://www.w3.org/1999/xhtml"),en(p,_t(l)?l:[l],t,n,o,r,i,a,i?i[0]:n.__k&&ae(n,0),c,f),i&&i.some(fe)),c&&T!="textarea"||(u="value",T=="progress"&&v==null?e.removeAttribute(u):v==null||v===e[u]&&(T!="progress"||v)||Fe(e,u,v,y[u],r),u="checked",m!=null&&m!=e[u]&&Fe(e,u,m,y[u],r))}else y===A||c&&e.data==A||(e.data=A);return e}function $t(e,t,n,o){try{typeof e=="function"?t?t.__x=e(t)||1:o&&(o=o.__c||o.__e)&&(t=o.__x)&&(o.__x=null,typeof t=="function"?t():e(null)):e.current=t}catch(r){b.__e(r,n)}}function vt(e,t,n){var o,r,i,a;if(b.unmount&&b.unmount(e),!(o=e.ref)||o.current&&o.current!=e.__e||$t(o,null,t,e),o=e.__c){if(o.componentWillUnmount)try{o.componentWillUnmount()}catch(c){b.__e(c,t)}o.__P=o.__n=null}if(o=e.__k)for(a=0;a<o.length;a++)o[a]&&vt(o[a],t,typeof e.type!="function"||n&&!e.props.__P);!n&&(o=e.__c)&&(o=o.__z)&&(r=Ve(o,i=[]))&&(o==e.__e&&i.some(fe),fe(r),fe(o)),n||fe(e.__e),e.__e=e.__c=e.__=null}function Lo(e,t,n){return this.constructor(e,n)}function yt(e,t){var n,o,r,i;b.__&&b.__(e,t),t.nodeType==9&&(t=t.documentElement),o=(n=e&&32&e.__u)?null:t.__k,t.__k=xe(_e,{children:[e]}),r=[],i=[],ht(t,t.__k,o||He,He,t.namespaceURI,o?null:t.firstChild?mt.call(t.childNodes):null,r,o?o.__e:t.firstChild,n,i),on(r,t.__k,i),t.__k.props.children=null}b={__e:function(e,t,n,o){for(var r,i,a;t=t.__;)if((r=t.__c)&&!(1&r.__g)){r.__g|=4;try{if((a=(i=r.constructor)&&i.getDerivedStateFromError)&&r.setState(i.getDerivedStateFromError(e)),r.componentDidCatch&&(r.componentDidCatch(e,o||{}),a=1),a&&8&r.__g)return void(r.__g|=2)}catch(c){e=c}}throw Be=0,e}},Yt=0,pt=function(e){return e!=null&&e.constructor===Te},de.prototype.setState=function(e,t){var n=this.__s;n&&n!=this.state||(n=this.__s=pe({},this.state)),typeof e=="function"&&(e=e(pe({},n),this.props)),e&&(pe(n,e),this.__v&&(t&&this.__k.push(t),zt(this)))},de.prototype.forceUpdate=function(e){this.__v&&(this.__g|=4,e&&this.__h.push(e),zt(this))},de.prototype.render=_e,se=[],Be=0,Kt=function(e,t){return e.__v.__b-t.__v.__b},Ie=Symbol(),Jt=/(PointerCapture)$|Capture$/i,dt=0,ft={},Co=0;var sn=function(e,t,n,o){var r;t[0]=0;for(var i=1;i<t.length;i++){var a=t[i++],c=t[i]?(t[0]|=a?1:2,n[t[i++]]):t[++i];a===3?o[0]=c:a===4?o[1]=Object.assign(o[1]||{},c):a===5?(o[1]=o[1]||{})[t[++i]]=c:a===6?o[1][t[++i]]+=c+"":a?(r=e.apply(c,sn(e,c,n,["",null])),o.push(r),c[0]?t[0]|=2:(t[i-2]=0,t[i]=r)):o.push(c)}return o},rn=new Map;function an(e){var t=rn.get(this);return t||(t=new Map,rn.set(this,t)),(t=sn(this,t.get(e)||(t.set(e,t=function(n){for(var o,r,i=1,a="",c="",f=[0],p=function(_){i===1&&(_||(a=a.replace(/^\s*\n\s*|\s*\n\s*$/g,"")))?f.push(0,_,a):i===3&&(_||a)?(f.push(3,_,a),i=2):i===2&&a==="..."&&_?f.push(4,_,0):i===2&&a&&!_?f.push(5,0,!0,a):i>=5&&((a||!_&&i===5)&&(f.push(i,0,a,r),i=6),_&&(f.push(i,_,0,r),i=6)),a=""},u=0;u<n.length;u++){u&&(i===1&&p(),p(u));for(var h=0;h<n[u].length;h++)o=n[u][h],i===1?o==="<"?(p(),f=[f],i=3):a+=o:i===4?a==="--"&&o===">"?(i=1,a=""):a=o+a[0]:c?o===c?c="":a+=o:o==='"'||o==="'"?c=o:o===">"?(p(),i=1):i&&(o==="="?(i=5,r=a,a=""):o==="/"&&(i<5||n[u][h+1]===">")?(p(),i===3&&(f=f[0]),i=f,(f=f[0]).push(2,0,i),i=0):o===" "||o==="	"||o===`
`||o==="\r"?(p(),i=2):a+=o),i===3&&a==="!--"&&(i=4,f=f[0])}return p(),f}(e)),t),arguments,[])).length>1?t:t[0]}var s=an.bind(Ce);var Pe,q,bt,cn,gt=Object.is,We=0,$n=[],kt=[],C=b,ln=C.__b,un=C.__r,fn=C.diffed,pn=C.__c,dn=C.unmount,_n=C.__;function wt(e,t){C.__h&&C.__h(q,e,We||t),We=0;var n=q.__H||(q.__H={__:[],__h:[]});return e>=n.__.length&&n.__.push({}),n.__[e]}function k(e){return We=1,Do(yn,e)}function Do(e,t,n){var o=wt(Pe++,2);if(o.t=e,!o.__c&&(o.__=[n?n(t):yn(void 0,t),function(i){var a=(o.__N||o.__)[0],c=o.t(a,i);gt(a,c)||(o.__N=[c,o.__[1]],o.__c.setState({}))}],o.__c=q,!q.__f)){q.__f=!0;var r=q.shouldComponentUpdate;q.shouldComponentUpdate=function(i,a,c){var f=this.__H;if(!f)return!0;var p=!1,u=this.props!=i;if(f.__.some(function(_){_.__N&&(p=!0,gt(_.__[0],_.__N[0])||(u=!0))}),r){var h=r.call(this,i,a,c);return p?h||u:h}return!p||u}}return o.__}function W(e,t){var n=wt(Pe++,3);!C.__s&&vn(n.__H,t)&&(n.__P=!0,n.__=e,n.u=t,q.__H.__h.push(n))}function me(e){return We=5,ze(function(){return{current:e}},[])}function ze(e,t){var n=wt(Pe++,7);return vn(n.__H,t)&&(n.__=e(),n.__H=t),n.__}function Ro(){var e;do{for(;e=kt.shift();)try{Ee(e)}catch(n){C.__e(n,{__:(e=e.__P)&&e.__v})}for(;e=$n.shift();){var t=e.__H;if(e.__P&&t)try{t.__h.some(Ee),t.__h.some(St),t.__h=[]}catch(n){t.__h=[],C.__e(n,e.__v)}}}while(kt.length)}C.__b=function(e){q=null,ln&&ln(e)},C.__=function(e,t){e&&t.__k&&t.__k.__m&&(e.__m=t.__k.__m),_n&&_n(e,t)},C.__r=function(e){un&&un(e),Pe=0;var t=(q=e.__c).__H;t&&(bt==q?q.__h=[]:(t.__h.some(Ee),t.__h.some(St),Pe=0),t.__h=[],t.__.some(function(n){n.__N&&(n.__=n.__N),n.u=n.__N=void 0})),bt=q},C.diffed=function(e){fn&&fn(e);var t=e.__c;t&&t.__H&&(t.__H.__h.length&&hn($n.push(t)),t.__H.__.some(function(n){n.u&&(n.__H=n.u)})),bt=q=null},C.__c=function(e,t){t.some(function(n){try{n.__h.some(Ee),n.__h=n.__h.filter(function(o){return!o.__||St(o)})}catch(o){n.__h=[function(){throw o}]}}),pn&&pn(e,t)},C.unmount=function(e){dn&&dn(e);var t,n,o=e.__c;o&&o.__H&&(o.__H.__.some(function(r){try{if(r.__P&&r.__c){if(n===void 0){for(n=e.__;n&&(!n.__c||!n.__c.__P);)n=n.__;n=n&&n.__c}r.__P=n,hn(kt.push(r))}else Ee(r)}catch(i){t=i}}),o.__H=void 0,t&&C.__e(t,o.__v))};var mn=typeof requestAnimationFrame=="function";function Ao(e){var t,n=function(){clearTimeout(o),mn&&cancelAnimationFrame(t),setTimeout(e)},o=setTimeout(n,35);mn&&(t=requestAnimationFrame(n))}function hn(e){e!=1&&cn==C.requestAnimationFrame||((cn=C.requestAnimationFrame)||Ao)(Ro)}function Ee(e){var t=q,n=e.__c;typeof n=="function"&&(e.__c=void 0,n()),q=t}function St(e){var t=q;e.__c=e.__(),q=t}function vn(e,t){return!e||e.length!=t.length||t.some(function(n,o){return!gt(n,e[o])})}function yn(e,t){return typeof t=="function"?t(e):t}var jo=Symbol.for("preact-signals");function Je(){if(ne>1)ne--;else{var e,t=!1;for(function(){var r=Ye;for(Ye=void 0;r!==void 0;){var i=r.S;if(i.v===r.v)for(var a=i.t;a!==void 0;a=a.x)a.i===r.i&&(a.i=i.i);r=r.o}}();qe!==void 0;){var n=qe;for(qe=void 0,Ge++;n!==void 0;){var o=n.u;if(n.u=void 0,n.f&=-3,!(8&n.f)&&gn(n))try{n.c()}catch(r){t||(e=r,t=!0)}n=o}}if(Ge=0,ne--,t)throw e}}function Tt(e){if(ne>0)return e();xt=++Uo,ne++;try{return e()}finally{Je()}}var Oe,w=void 0;function Me(e){var t=w,n=Oe;w=void 0,Oe=void 0;try{return e()}finally{w=t,Oe=n}}var qe=void 0,ne=0,Ge=0,Uo=0,xt=0,Ye=void 0,Ke=0;function bn(e){if(w!==void 0){var t=e.n;if(t===void 0||t.t!==w)return t={i:0,S:e,p:w.s,n:void 0,t:w,e:void 0,x:void 0,r:t},w.s!==void 0&&(w.s.n=t),w.s=t,e.n=t,32&w.f&&e.S(t),t;if(t.i===-1)return t.i=0,t.n!==void 0&&(t.n.p=t.p,t.p!==void 0&&(t.p.n=t.n),t.p=w.s,t.n=void 0,w.s.n=t,w.s=t),t}}function M(e,t){this.v=e,this.i=0,this.n=void 0,this.t=void 0,this.l=0,this.W=t?.watched,this.Z=t?.unwatched,this.name=t?.name}M.prototype.brand=jo;M.prototype.h=function(){return!0};M.prototype.S=function(e){var t=this,n=this.t;n!==e&&e.e===void 0&&(e.x=n,this.t=e,n!==void 0?n.e=e:Me(function(){var o;(o=t.W)==null||o.call(t)}))};M.prototype.U=function(e){var t=this;if(this.t!==void 0){var n=e.e,o=e.x;n!==void 0&&(n.x=o,e.e=void 0),o!==void 0&&(o.e=n,e.x=void 0),e===this.t&&(this.t=o,o===void 0&&Me(function(){var r;(r=t.Z)==null||r.call(t)}))}};M.prototype.subscribe=function(e){var t=this;return oe(function(){var n=t.value;Me(function(){return e(n)})},{name:"sub"})};M.prototype.valueOf=function(){return this.value};M.prototype.toString=function(){return this.value+""};M.prototype.toJSON=function(){return this.value};M.prototype.peek=function(){var e=this;return Me(function(){return e.value})};Object.defineProperty(M.prototype,"value",{get:function(){var e=bn(this);return e!==void 0&&(e.i=this.i),this.v},set:function(e){if(e!==this.v){if(Ge>100)throw new Error("Cycle detected");(function(n){ne!==0&&Ge===0&&n.l!==xt&&(n.l=xt,Ye={S:n,v:n.v,i:n.i,o:Ye})})(this),this.v=e,this.i++,Ke++,ne++;try{for(var t=this.t;t!==void 0;t=t.x)t.t.N()}finally{Je()}}}});function I(e,t){return new M(e,t)}function gn(e){for(var t=e.s;t!==void 0;t=t.n)if(t.S.i!==t.i||!t.S.h()||t.S.i!==t.i)return!0;return!1}function kn(e){for(var t=e.s;t!==void 0;t=t.n){var n=t.S.n;if(n!==void 0&&(t.r=n),t.S.n=t,t.i=-1,t.n===void 0){e.s=t;break}}}function Sn(e){for(var t=e.s,n=void 0;t!==void 0;){var o=t.p;t.i===-1?(t.S.U(t),o!==void 0&&(o.n=t.n),t.n!==void 0&&(t.n.p=o)):n=t,t.S.n=t.r,t.r!==void 0&&(t.r=void 0),t=o}e.s=n}function he(e,t){M.call(this,void 0,t),this.x=e,this.s=void 0,this.g=Ke-1,this.f=4}he.prototype=new M;he.prototype.h=function(){if(this.f&=-3,1&this.f)return!1;if((36&this.f)==32||(this.f&=-5,this.g===Ke))return!0;if(this.g=Ke,this.f|=1,this.i>0&&!gn(this))return this.f&=-2,!0;var e=w;try{kn(this),w=this;var t=this.x();(16&this.f||this.v!==t||this.i===0)&&(this.v=t,this.f&=-17,this.i++)}catch(n){this.v=n,this.f|=16,this.i++}return w=e,Sn(this),this.f&=-2,!0};he.prototype.S=function(e){if(this.t===void 0){this.f|=36;for(var t=this.s;t!==void 0;t=t.n)t.S.S(t)}M.prototype.S.call(this,e)};he.prototype.U=function(e){if(this.t!==void 0&&(M.prototype.U.call(this,e),this.t===void 0)){this.f&=-33;for(var t=this.s;t!==void 0;t=t.n)t.S.U(t)}};he.prototype.N=function(){if(!(2&this.f)){this.f|=6;for(var e=this.t;e!==void 0;e=e.x)e.t.N()}};Object.defineProperty(he.prototype,"value",{get:function(){if(1&this.f)throw new Error("Cycle detected");var e=bn(this);if(this.h(),e!==void 0&&(e.i=this.i),16&this.f)throw this.v;return this.v}});function Xe(e,t){return new he(e,t)}function wn(e){var t=e.j;if(e.j=void 0,typeof t=="function"){ne++;var n=w;w=void 0;try{t()}catch(o){throw e.f&=-2,e.f|=8,Ct(e),o}finally{w=n,Je()}}}function Ct(e){for(var t=e.s;t!==void 0;t=t.n)t.S.U(t);e.x=void 0,e.s=void 0,wn(e)}function Fo(e){if(w!==this)throw new Error("Out-of-order effect");Sn(this),w=e,this.f&=-2;try{8&this.f&&Ct(this)}finally{Je()}}function ve(e,t){this.x=e,this.j=void 0,this.s=void 0,this.u=void 0,this.f=32,this.name=t?.name,Oe&&Oe.push(this)}ve.prototype.c=function(){var e=this.S();try{if(8&this.f||this.x===void 0)return;var t=this.x();typeof t=="function"&&(this.j=t)}finally{e()}};ve.prototype.S=function(){if(1&this.f)throw new Error("Cycle detected");this.f|=1,this.f&=-9,wn(this),kn(this),ne++;var e=w;return w=this,Fo.bind(this,e)};ve.prototype.N=function(){2&this.f||(this.f|=2,this.u=qe,qe=this)};ve.prototype.d=function(){this.f|=8,1&this.f||Ct(this)};ve.prototype.dispose=function(){this.d()};function oe(e,t){var n=new ve(e,t);try{n.c()}catch(r){throw n.d(),r}var o=n.d.bind(n);return o[Symbol.dispose]=o,o}var xn,et,Ze,Io=typeof window<"u"&&!!window.__PREACT_SIGNALS_DEVTOOLS__;var Tn=[];oe(function(){xn=this.N})();function ye(e,t){b[e]=t.bind(null,b[e]||function(){})}function Ne(e){if(Ze){var t=Ze;Ze=void 0,t()}Ze=e&&e.S()}function Cn(e){var t=this,n=e.data,o=Bo(n);o.name="ReactiveDom",o.value=n;var r=ze(function(){for(var c=t,f=t.__v;f=f.__;)if(f.__c){f.__c.__$f|=4;break}var p=Xe(function(){var l=o.value.value;return l===0?0:l===!0?"":l||""}),u=Xe(function(){return!Array.isArray(p.value)&&!pt(p.value)}),h=oe(function(){if(this.N=En,u.value){var l=p.value;c.__v&&c.__v.__e&&c.__v.__e.nodeType===3&&(c.__v.__e.data=l)}}),_=t.__$u.d;return t.__$u.d=function(){h(),_.call(this)},[u,p]},[]),i=r[0],a=r[1];return i.value?a.peek():a.value}Cn.displayName="ReactiveTextNode";Object.defineProperties(M.prototype,{constructor:{configurable:!0,value:Ce(_e,null).constructor},type:{configurable:!0,value:Cn},props:{configurable:!0,get:function(){var e=this;return{data:{get value(){return e.value}}}}},__b:{configurable:!0,value:1}});ye("__b",function(e,t){if(Ne(),et=void 0,typeof t.type=="string"){var n,o=t.props;for(var r in o)if(r!=="children"){var i=o[r];i instanceof M&&(n||(t.__np=n={}),n[r]=i,o[r]=i.peek())}}e(t)});ye("__r",function(e,t){if(e(t),t.type!==_e){Ne();var n,o=t.__c;o&&(o.__$f&=-2,(n=o.__$u)===void 0&&(o.__$u=n=function(r,i){var a;return oe(function(){a=this},{name:i}),a.c=r,a}(function(r){return function(){var i;Io&&((i=this.y)==null||i.call(this)),r.__$f|=1,r.setState({})}}(o),typeof t.type=="function"?t.type.displayName||t.type.name:""))),et=o,Ne(n)}});ye("__e",function(e,t,n,o){Ne(),et=void 0,e(t,n,o)});ye("diffed",function(e,t){Ne(),et=void 0;var n;if(typeof t.type=="string"&&(n=t.__e)){var o=t.__np,r=t.props,i=n.U;if(i)for(var a in i){var c=i[a];c===void 0||o&&a in o||(c.d(),i[a]=void 0)}if(o){i||(i={},n.U=i);for(var f in o){var p=i[f],u=o[f];p===void 0?(p=Vo(n,f,u,r),i[f]=p):p.o(u,r)}}}e(t)});function Vo(e,t,n,o){var r=t in e&&e.ownerSVGElement===void 0,i=I(n);return{o:function(a,c){i.value=a,o=c},d:oe(function(){this.N=En;var a=i.value.value;o[t]!==a&&(o[t]=a,r?e[t]=a:a!=null&&(a!==!1||t[4]==="-")?e.setAttribute(t,a):e.removeAttribute(t))})}}ye("unmount",function(e,t){if(typeof t.type=="string"){var n=t.__e;if(n){var o=n.U;if(o){n.U=void 0;for(var r in o){var i=o[r];i&&i.d()}}}var a=t.__np;if(a){var c=t.props;for(var f in a)c[f]=a[f]}t.__np=void 0}else{var p=t.__c;if(p){p.__$f|=8;var u=p.__$u;u&&(p.__$u=void 0,u.d())}}e(t)});ye("__h",function(e,t,n,o){o<3&&(t.__$f|=2),e(t,n,o)});de.prototype.shouldComponentUpdate=function(e,t){if(this.__R)return!0;var n=this.__$u,o=n&&n.s!==void 0;for(var r in t)return!0;if(this.__f||typeof this.u=="boolean"&&this.u===!0){var i=2&this.__$f;if(!(o||i||4&this.__$f)||1&this.__$f)return!0}else if(!(o||4&this.__$f)||3&this.__$f)return!0;for(var a in e)if(a!=="__source"&&e[a]!==this.props[a])return!0;for(var c in this.props)if(!(c in e))return!0;return!1};function Bo(e,t){return ze(function(){return I(e,t)},[])}var Ho=function(e){queueMicrotask(function(){queueMicrotask(e)})};function Qo(){Tt(function(){for(var e;e=Tn.shift();)xn.call(e)})}function En(){Tn.push(this)===1&&(b.requestAnimationFrame||Ho)(Qo)}var z=I("unknown"),Pn={viewer:0,operator:1,admin:2};function V(e){let{value:t}=z;return typeof t=="object"&&Pn[t.role]>=Pn[e]}function On(){let{value:e}=z;return typeof e=="object"?e.csrf_token??"":""}var J=class extends Error{status;title;detail;code;name;constructor(t,n,o,r){super(o===""?n:`${n}: ${o}`),this.status=t,this.title=n,this.detail=o,this.code=r,this.name="ApiError"}},Et="/api/v1";function E(e,t={}){let n=new URLSearchParams;for(let[r,i]of Object.entries(t))i!==void 0&&n.set(r,String(i));let o=n.toString();return`${Et}${e}${o===""?"":`?${o}`}`}function N(e,t,n){return qn("GET",E(e,t),void 0,n)}function Z(e,t,{query:n,body:o}={}){return qn(e,E(t,n),o)}async function qn(e,t,n,o){let r=new Headers;n!==void 0&&r.set("content-type","application/json"),e!=="GET"&&r.set("x-csrf-token",On());let i=await Wo(t,{method:e,headers:r,...n===void 0?{}:{body:JSON.stringify(n)},...o===void 0?{}:{signal:o}});if(!i.ok)throw await zo(i);return i.status===204?void 0:await i.json()}async function Wo(e,t){try{return await fetch(e,t)}catch(n){throw t.signal?.aborted?n:new J(0,"The broker cannot be reached","","unreachable")}}async function zo(e){let t=await e.json().catch(()=>({})),{title:n=e.statusText,detail:o="",code:r="",errors:i=[]}=t;r==="not_authenticated"&&(z.value=void 0);let a=i.map(c=>`${c.pointer}: ${c.detail}`);return new J(e.status,n,[o,...a].join(" "),r)}var $e=I("off"),be=new Map,ce,Go="dropped";function Mn(e,t){for(let n of[...e,Go]){let o=be.get(n);o===void 0?(be.set(n,new Set([t])),ce?.addEventListener(n,Nn)):o.add(t)}return Yo(),()=>{for(let n of be.values())n.delete(t);[...be.values()].every(n=>n.size===0)&&Ko()}}function Nn({type:e}){for(let t of[...be.get(e)??[]])t()}function Yo(){if(ce===void 0){$e.value="connecting",ce=new EventSource(`${Et}/events`),ce.onopen=()=>$e.value="live",ce.onerror=()=>$e.value="connecting";for(let e of be.keys())ce.addEventListener(e,Nn)}}function Ko(){ce?.close(),ce=void 0,$e.value="off"}async function Ln(){try{z.value=await N("/me")}catch(e){if(!(e instanceof J)||e.status!==401)throw e;z.value=void 0}}async function Dn(e,t){z.value=await Z("POST","/login",{body:{name:e,password:t}})}async function Rn(){await Z("POST","/logout"),z.value=void 0}var Pt=I(void 0);function G(e){Pt.value=e}function An(){let{value:e}=Pt;return e===void 0?null:s`<${Jo} key=${e.title} question=${e} />`}function Jo({question:{title:e,body:t,action:n,dangerous:o,run:r}}){let i=me(null),[a,c]=k(),[f,p]=k(!1);W(()=>i.current?.showModal(),[]);let u=()=>Pt.value=void 0;return s`
    <dialog ref=${i} onClose=${u} aria-labelledby="dialog-title">
      <form onSubmit=${async _=>{_.preventDefault(),p(!0);try{await r(new FormData(_.target)),u()}catch(l){c(l instanceof Error?l.message:String(l))}finally{p(!1)}}}>
          <h2 id="dialog-title">${e}</h2>
          ${t}
          ${a===void 0?null:s`<p class="failure" role="alert">${a}</p>`}
          <div class="actions">
            <button type="button" onClick=${u}>Cancel</button>
            <button type="submit" class=${o?"danger":"primary"} disabled=${f}>
              ${n}
            </button>
          </div>
        </form>
    </dialog>
  `}var Xo=3,Zo=6e3,Le=I([]);function L(e,t=!1){let n={text:e,failed:t};Le.value=[...Le.value,n].slice(-Xo),setTimeout(()=>{Le.value=Le.value.filter(o=>o!==n)},Zo)}async function jn(e,t){try{return await e(),L(t),!0}catch(n){return L(n instanceof Error?n.message:String(n),!0),!1}}function Un(){return s`<div class="notices" role="status" aria-live="polite">${Le.value.map(({text:e,failed:t})=>s`<p class=${t?"notice failure":"notice"}>${e}</p>`)}</div>`}function P(){return s`<p class="state" role="status"><span class="spinner"></span> Loading</p>`}function j({title:e,hint:t}){return s`<div class="state"><p><strong>${e}</strong></p>${t===void 0?null:s`<p>${t}</p>`}</div>`}function O({error:e,retry:t}){return s`<div class="state failure" role="alert"><p><strong>That did not work.</strong></p>
    <p>${e.message}</p>${t===void 0?null:s`<button type="button" onClick=${t}>Try again</button>`}</div>`}function ei(e){return`'${e.replaceAll("'","'\\''")}'`}function Fn(e){return`curl -g -H "Authorization: Bearer $TIDEMQ_TOKEN" ${ei(location.origin+e)}`}function U({url:e}){return s`<button type="button" class="quiet" onClick=${async()=>{try{await navigator.clipboard.writeText(Fn(e)),L("Copied. TIDEMQ_TOKEN has to hold an API token.")}catch{L(Fn(e))}}}>Copy as curl</button>`}var ti="sessions",ge=I(Ot(location.hash));addEventListener("hashchange",()=>{ge.value=Ot(location.hash)});function Ot(e){let[t="",n=""]=e.replace(/^#\/?/,"").split(/\?(.*)/s);return{page:t===""?ti:t,query:new URLSearchParams(n)}}function D(e,t={}){let n=new URLSearchParams;for(let[r,i]of Object.entries(t))i!==void 0&&i!==""&&n.set(r,String(i));let o=n.toString();return`#/${e}${o===""?"":`?${o}`}`}function tt(e,t){location.hash=D(e,t)}function X(e,{push:t=!1}={}){let{page:n,query:o}=ge.value,r=D(n,{...Object.fromEntries(o),...e});t?location.hash=r:(history.replaceState(null,"",r),ge.value=Ot(r))}function x(e){return ge.value.query.get(e)??""}var ni=250;function R({name:e,label:t,type:n="search",placeholder:o=""}){let r=x(e),[i,a]=k(r);return W(()=>a(r),[r]),W(()=>{if(i===r)return;let c=setTimeout(()=>X({[e]:i,cursor:""}),ni);return()=>clearTimeout(c)},[i]),s`<label class="field">${t}<input type=${n} min="0" value=${i}
    placeholder=${o} autocomplete="off" spellcheck=${!1}
    onInput=${c=>a(c.target.value)} /></label>`}function ke({name:e,label:t,options:n}){let o=r=>X({[e]:r.target.value,cursor:""});return s`
    <label
      class="field">${t}<select value=${x(e)} onChange=${o}>${n.map(([r,i])=>s`<option value=${r}>${i}</option>`)}</select></label>
  `}var oi=1e3;function F(e,t,{events:n=[],everyMs:o}={}){let[r,i]=k(0),[a,c]=k({key:e}),[f,p]=k(!0),u=me(t);u.current=t,W(()=>{let d=new AbortController;p(!0),u.current(d.signal).then(m=>v({key:e,value:m}),m=>v(g=>({...g.key===e?g:{},key:e,error:m})));function v(m){d.signal.aborted||(c(m),p(!1))}return()=>d.abort()},[e,r]);let h=()=>i(d=>d+1);W(()=>{let d=n.length===0?()=>{}:Mn(n,ii(h)),v=o===void 0?void 0:setInterval(()=>{document.hidden||h()},o);return()=>{d(),clearInterval(v)}},[n.join(),o]);let{value:_,error:l}=a.key===e?a:{};return{value:_,error:l,loading:f,reload:h}}function ii(e){let t=!1,n=!1;return function o(){if(t){n=!0;return}t=!0,n=!1,e(),setTimeout(()=>{t=!1,n&&o()},oi)}}function In(){let{value:e,error:t,reload:n}=F("config",o=>N("/config",{},o));return s`
    <h1>Configuration</h1>
        <div class="filters" role="search">
      <${R} name="q" label="Search" placeholder="key or value" />
    </div>
        ${t===void 0?null:s`<${O} error=${t} retry=${n} />`}
        ${e===void 0&&t===void 0?s`<${P} />`:null}
        ${e===void 0?null:s`<${ri} items=${e.items} />`}
  `}function ri({items:e}){let t=x("q").toLowerCase(),n=e.filter(({key:o,value:r})=>`${o} ${JSON.stringify(r)}`.toLowerCase().includes(t));return s`<section class="list" aria-label="Configuration">
    <div class="list-bar"><p class="total">${n.length} of ${e.length}</p>
      <${U} url=${E("/config")} /></div>
    ${n.length===0?s`
        <${j} title="No key is like this."
          hint="A program that embeds the broker may keep its configuration to itself." />
      `:s`
        <div class="scroll" tabindex="0" role="region" aria-label="Configuration, rows">
          <table>
            <thead>
              <tr>
                <th scope="col">Key</th>
                <th scope="col">Value</th>
                <th scope="col">Source</th>
              </tr>
            </thead>
            <tbody>${n.map(({key:o,value:r,source:i})=>s`
                <tr key=${o}>
                  <td class="id">${o}</td>
                  <td class="id">${r===null?s`<span class="faint">not set</span>`:JSON.stringify(r)}</td>
                  <td class=${i==="default"?"faint":""}>${i}</td>
                </tr>
              `)}</tbody>
          </table>
        </div>
      `}</section>`}var qt="/retained/-";function Vn(e,t){return N(qt,{topic:e},t)}function nt(e){return Z("DELETE",qt,{query:{topic:e}})}function Bn(e,t){return Z("PUT",qt,{query:{topic:e},body:t})}function Mt(e,t){return Z("POST","/retained:batchDelete",{body:{...e,dry_run:t}})}var si=new Intl.NumberFormat("en"),Nt=new Intl.NumberFormat("en",{maximumSignificantDigits:3});function $(e){return Number.isInteger(e)?si.format(e):Nt.format(e)}function De(e){return`${Nt.format(e)}/s`}var Hn=["B","KiB","MiB","GiB","TiB"];function S(e){let t=0,n=e;for(;n>=1024&&t<Hn.length-1;)n/=1024,t++;return`${Nt.format(n)} ${Hn[t]}`}function ot(e){let t=[[86400,"d"],[3600,"h"],[60,"m"],[1,"s"]],n=[],o=Math.max(0,Math.round(e));for(let[r,i]of t){let a=Math.floor(o/r);o-=a*r,a>0&&n.length<2&&n.push(`${a} ${i}`)}return n.length===0?"0 s":n.join(" ")}function Qn(e){let t=(Date.now()-Date.parse(e))/1e3;return t<1?"just now":`${ot(t).split(" ").slice(0,2).join(" ")} ago`}function it(e){return new Date(e).toLocaleString("sv")}var Wn=2e4,ai=4096,Lt=16;function Se({payload:e}){let[t,n]=k();if(e.size===0)return s`<p class="faint">No bytes.</p>`;let o=e.encoding==="base64"?void 0:ci(e.text),r=e.encoding==="base64"?["hex"]:o===void 0?["text","hex"]:["json","text","hex"],i=t!==void 0&&r.includes(t)?t:r[0],a=i==="json"?o:i==="hex"?li(e):e.text,c=a.length>Wn||e.truncated;return s`
    <div class="payload">
      <div class="tabs" role="group"
        aria-label="Form of the payload">${r.map(f=>s`
            <button type="button" class="quiet" aria-pressed=${f===i}
              onClick=${()=>n(f)}>${f}</button>
          `)}<span class="faint">${S(e.size)}${c?", the beginning":""}</span></div>
      <pre tabindex="0">${a.slice(0,Wn)}</pre>
    </div>
  `}function ci(e){if(/^\s*[[{]/.test(e))try{return JSON.stringify(JSON.parse(e),void 0,2)}catch{return}}function li(e){let t=ui(e),n=[];for(let o=0;o<Math.min(t.length,ai);o+=Lt){let r=[...t.subarray(o,o+Lt)],i=r.map(c=>c.toString(16).padStart(2,"0")).join(" "),a=r.map(c=>c>=32&&c<127?String.fromCharCode(c):".");n.push(`${o.toString(16).padStart(6,"0")}  ${i.padEnd(Lt*3)} ${a.join("")}`)}return n.join(`
`)}function ui({text:e,encoding:t}){return t!=="base64"?new TextEncoder().encode(e):Uint8Array.from(atob(e),n=>n.charCodeAt(0))}function rt({text:e,encoding:t,size:n}){if(n===0)return"(no bytes)";if(t==="base64")return`(binary, ${S(n)})`;let o=e.slice(0,120).replace(/\s+/g," ");return o.length<e.length?`${o}\u2026`:o}function H({id:e}){return s`<a class="id" href=${D("session",{client_id:e})}>${e===""?"(empty)":e}</a>`}function Re({topic:e}){return s`<a class="id" href=${D("topics",{topic:e})}>${e}</a>`}function Y({at:e}){return e===null?s`<span class="faint">–</span>`:s`<time datetime=${e} title=${it(e)}>${Qn(e)}</time>`}function B({tone:e="plain",children:t}){return s`<span class=${`badge ${e}`}>${t}</span>`}function ie({rows:e}){return s`<dl class="facts">${e.map(([t,n])=>s`
        <div key=${t}>
          <dt>${t}</dt>
          <dd>${n}</dd>
        </div>
      `)}</dl>`}function st(e,t){G({title:e===void 0?"Set a retained message":"Change the retained message",body:pi(e),action:"Publish",async run(n){let o=c=>String(n.get(c)??""),r=e?.topic??o("topic"),i=o("expiry"),a=o("content_type");await Bn(r,{payload:fi(o("payload"),o("encoding")),encoding:o("encoding"),qos:Number(o("qos")),...i===""?{}:{message_expiry_interval:Number(i)},...a===""?{}:{content_type:a}}),L("Published."),t()}})}function fi(e,t){if(t!=="json")return e;try{return JSON.parse(e)}catch(n){throw new Error(`This is not JSON: ${n.message}`)}}function pi(e){return s`
    ${e===void 0?s`<label class="field">Topic<input name="topic" required autocomplete="off"
          spellcheck=${!1} /></label>`:s`<p class="id">${e.topic}</p>`}
        <label class="field">Payload<textarea name="payload" spellcheck=${!1}
          defaultValue=${e?.payload??""}></textarea></label>
        <label class="field">The payload is
          <select name="encoding" defaultValue=${e?.encoding??"text"}>${["text","json","base64"].map(t=>s`<option selected=${t===(e?.encoding??"text")}>${t}</option>`)}</select></label>
        <label class="field">QoS<select name="qos">${[0,1,2].map(t=>s`<option selected=${t===(e?.qos??1)}>${t}</option>`)}</select></label>
        <label class="field">Content type<input name="content_type" autocomplete="off"
          defaultValue=${e?.properties.content_type??""} /></label>
        <label
      class="field">Expires after (seconds)<input name="expiry" type="number" min="1" /></label>
        <p class="hint">Who is subscribed gets the message, too.</p>
  `}function zn(){let e=x("topic"),{value:t,error:n,reload:o}=F(e,i=>Vn(e,i)),r=n instanceof J&&n.code==="retained_not_found";return s`<p class="crumbs"><a href=${D("retained")}>Retained messages</a></p>
    <h1 class="id">${e}</h1>
    ${r&&s`
      <${j} title="There is no retained message."
        hint="It has expired, or it was deleted." />
    `}
    ${n!==void 0&&!r?s`<${O} error=${n} retry=${o} />`:null}
    ${t===void 0&&n===void 0?s`<${P} />`:null}
    ${t===void 0||r?null:s`<${di} message=${t} changed=${o} />`}`}function di({message:e,changed:t}){let{topic:n,payload:o,encoding:r,size:i}=e,a=E("/retained/-",{topic:n});return s`
    <div class="head">
          ${V("operator")&&s`
            <button type="button" onClick=${()=>st(e,t)}>
                    Edit</button>
            <button type="button" class="danger" onClick=${()=>mi(n)}>Delete</button>
          `}
          <${U} url=${a} />
        </div>
    <section class="card">
      <${ie} rows=${_i(e)} />
    </section>
    <section class="card">
      <h2>Payload</h2>
      <${Se} payload=${{text:o,encoding:r,size:i,truncated:!1}} />
    </section>
  `}function _i(e){let{topic:t,publisher:n,properties:o}=e,{user_properties:r=[]}=o;return[["Topic",s`<${Re} topic=${t} />`],["Publisher",n===null?"the broker":s`<${H} id=${n} />`],["Received",s`<${Y} at=${e.received_at} />`],["Expires",e.expires_at===null?"never":new Date(e.expires_at).toLocaleString("sv")],["QoS",e.qos],["Size",S(e.size)],["Content type",o.content_type??"none"],["Response topic",o.response_topic??"none"],...r.map(([i,a])=>[`User property ${i}`,a])]}function mi(e){G({title:"Delete this retained message?",body:s`
      <p class="id">${e}</p>
      <p>Who is subscribed is not told.</p>
    `,action:"Delete",dangerous:!0,async run(){await nt(e),L("Deleted."),tt("retained")}})}function Gn({columns:e,shown:t}){if(!e.some(({optional:i})=>i))return null;let[n,...o]=e,r=(i,a)=>{let c=e.map(p=>p.key).filter(p=>p===n.key||(p===i?a:t.includes(p))),f=e.filter(({optional:p})=>!p).map(p=>p.key);X({columns:c.join()===f.join()?"":c.join()})};return s`
    <details class="menu">
      <summary>Columns</summary>
      <div class="menu-body">${o.map(({key:i,title:a})=>s`<label><input type="checkbox" checked=${t.includes(i)}
        onChange=${c=>r(i,c.target.checked)} />
        ${a}</label>`)}</div>
    </details>
  `}var hi=1e4;function ee(e){let{path:t,filters:n={},columns:o,empty:r,events:i,everyMs:a=hi,version:c=0}=e,[f,p]=[x("sort"),x("cursor")],u=$i({...n,sort:f,cursor:p,count:"true"}),h=E(t,u),_=F(`${h} ${c}`,m=>N(t,u,m),{events:i,everyMs:a}),l=vi(o),{value:d,error:v}=_;return s`<section class="list" aria-label=${e.label} aria-busy=${_.loading}>
    <div class="list-bar">
      <p class="total">${d===void 0?"":yi(d)}</p>
      <${Gn} columns=${o} shown=${l.map(({key:m})=>m)} />
      <button type="button" class="quiet" onClick=${_.reload}>Refresh</button>
      <${U} url=${h} />
    </div>
    ${v===void 0?null:s`<${O} error=${v} retry=${_.reload} />`}
    ${d===void 0&&v===void 0?s`<${P} />`:null}
    ${d?.items.length===0?s`<${j} ...${r} />`:null}
    ${d===void 0||d.items.length===0?null:s`<${bi} ...${e} columns=${l} items=${d.items} reload=${_.reload} />`}
    <${ki} cursor=${p} next=${d?.next_cursor??null} />
  </section>`}function $i(e){return Object.fromEntries(Object.entries(e).filter(([,t])=>t!==""))}function vi(e){let t=x("columns");if(t==="")return e.filter(({optional:o})=>!o);let n=t.split(",");return e.filter(({key:o})=>n.includes(o))}function yi({total:e,items:t}){if(e===void 0)return`${$(t.length)} shown`;let n=e.relation==="gte"?" or more":"";return`${$(t.length)} of ${$(e.value)}${n}`}function bi(e){let{label:t,columns:n,items:o,keyOf:r,bulk:i=[],reload:a}=e,[c,f]=k(new Set),p=o.map(r),u=p.filter(d=>c.has(d)),h=(d,v)=>{let m=new Set(c);for(let g of d)v?m.add(g):m.delete(g);f(m)},_=()=>{f(new Set),a()},l=i.length>0;return s`
    ${l&&s`<div class="bulk" role="group" aria-label="With the selected rows">
      <span>${u.length} selected</span>
      ${i.map(d=>s`
          <button type="button" disabled=${u.length===0}
            onClick=${()=>d.run(u,_)}>${d.label}</button>
        `)}</div>`}
      <div class="scroll" tabindex="0" role="region" aria-label=${`${t}, rows`}>
      <table>
        <thead>
          <tr>
            ${l&&s`<th class="pick"><input type="checkbox" aria-label="Select all rows"
          checked=${u.length===p.length}
          onChange=${d=>h(p,d.target.checked)} />
        </th>`}
            ${n.map(d=>s`<${gi} key=${d.key} column=${d} />`)}
          </tr>
        </thead>
        <tbody>${o.map((d,v)=>s`<tr key=${p[v]}>
        ${l&&s`<td class="pick"><input type="checkbox"
          aria-label=${`Select ${p[v]}`} checked=${c.has(p[v])}
          onChange=${m=>h([p[v]],m.target.checked)} /></td>`}
        ${n.map(m=>s`<td class=${Dt(m)}>${m.cell(d)}</td>`)}
      </tr>`)}</tbody>
      </table>
    </div>
  `}function Dt({numeric:e,minor:t}){return`${e?"numeric":""} ${t?"minor":""}`}function gi({column:e}){let{title:t,sort:n}=e;if(n===void 0)return s`<th scope="col" class=${Dt(e)}>${t}</th>`;let o=x("sort"),[r,i]=[o===n,o===`-${n}`],a=r?"ascending":i?"descending":"none",c=()=>X({sort:i?n:r?"":`-${n}`,cursor:""});return s`<th scope="col" class=${Dt(e)} aria-sort=${a}>
    <button type="button" class="heading" onClick=${c}>${t}<span aria-hidden="true">${r?" \u2191":i?" \u2193":""}</span></button></th>`}function ki({cursor:e,next:t}){if(e===""&&t===null)return null;let n=o=>()=>X({cursor:o},{push:!0});return s`
    <nav class="pages" aria-label="Pages">
      <button type="button" disabled=${e===""} onClick=${n("")}>First page</button>
      <button type="button" disabled=${e===""} onClick=${()=>history.back()}>
          Previous page</button>
      <button type="button" disabled=${t===null} onClick=${n(t??"")}>Next page</button>
    </nav>
  `}function Q(e=""){return`/sessions/-${e}`}function Yn(e,t){return N(Q(),{client_id:e},t)}function Kn(e,t){return Z("DELETE",Q(),{query:{client_id:e,mode:t}})}async function Jn(e,t){let{items:n}=await Z("POST","/sessions:batchDelete",{body:{client_ids:e,mode:t}});return n.filter(({result:o})=>o===Si[t]).length}var Si={disconnect:"disconnected",discard:"discarded"};async function Xn(e,t,n){to(await eo("POST",{client_id:e},{topic_filters:[t],qos:n}))}async function Zn(e,t){to(await eo("DELETE",{client_id:e,topic_filter:t}))}function eo(e,t,n){return Z(e,Q("/subscriptions"),{query:t,body:n})}function to({items:e}){let t=e.find(({problem:n})=>n!==null);if(t!==void 0)throw new Error(`${t.topic_filter}: ${t.problem}`)}function wi(e){let{payload_preview:t,encoding:n,size:o,truncated:r}=e;return{text:t,encoding:n,size:o,truncated:r}}function at({message:e}){let t=wi(e);return s`
    <details class="payload-cell">
      <summary>${rt(t)}</summary>
      <${Se} payload=${t} />
    </details>
  `}var xi=[{key:"seq",title:"No.",numeric:!0,cell:({seq:e})=>$(e)},{key:"topic",title:"Topic",cell:({message:e})=>s`<${Re} topic=${e.topic} />`},{key:"qos",title:"QoS",numeric:!0,cell:({qos:e})=>e},{key:"size",title:"Size",numeric:!0,minor:!0,cell:e=>S(e.message.size)},{key:"publisher",title:"Publisher",minor:!0,cell:({message:{publisher:e}})=>e===null?"the broker":s`<${H} id=${e} />`},{key:"received",title:"Received",minor:!0,cell:({message:e})=>s`<${Y} at=${e.received_at} />`},{key:"payload",title:"Payload",cell:({message:e})=>s`<${at} message=${e} />`}];function no({clientId:e}){return s`
    <${ee} label="Queue" path=${Q("/queue")}
      filters=${{client_id:e}} columns=${xi}
      keyOf=${({seq:t})=>String(t)}
      empty=${{title:"Nothing waits.",hint:"Messages wait here while the client is away."}} />
  `}var Ti=5e3;function oo({clientId:e}){let t={client_id:e},{value:n,error:o,reload:r}=F(e,i=>N(Q("/inflight"),t,i),{everyMs:Ti});return o!==void 0?s`<${O} error=${o} retry=${r} />`:n===void 0?s`<${P} />`:n.outbound_count+n.inbound_count===0?s`
      <${j} title="Nothing is under way."
        hint="QoS 1 and 2 messages stand here until they are acknowledged." />
    `:s`
    <div class="list-bar">
      <p class="total">${$(n.outbound_count)} to the client,
            ${$(n.inbound_count)} from it</p>
      <${U} url=${E(Q("/inflight"),t)} />
    </div>
        <div class="scroll" tabindex="0" role="region" aria-label="In flight, rows">
      <table>
        <thead>
          <tr>
            <th>Packet id</th>
            <th>Topic</th>
            <th>QoS</th>
            <th>State</th>
            <th>Payload</th>
          </tr>
        </thead>
        <tbody>${n.outbound.map(({packet_id:i,qos:a,state:c,ever_sent:f,message:p})=>s`
            <tr key=${i}>
              <td class="numeric">${i}</td>
              <td>${p===null?"":s`<${Re} topic=${p.topic} />`}</td>
              <td class="numeric">${a}</td>
              <td>
                <${B}>${f?c:"not sent yet"}<//></td>
                    <td>${p===null?"":s`<${at} message=${p} />`}</td></tr>
          `)}</tbody>
      </table>
    </div>
      ${n.inbound.length===0?null:s`<p>From the client, waiting for PUBREL: ${n.inbound.join(", ")}</p>`}
  `}var Ci=[{key:"topic",title:"Topic",cell:({topic:e})=>s`<a class="id" href=${D("retained-message",{topic:e})}>${e}</a>`},{key:"qos",title:"QoS",numeric:!0,minor:!0,cell:({qos:e})=>e},{key:"size",title:"Size",numeric:!0,minor:!0,cell:({size:e})=>S(e)},{key:"publisher",title:"Publisher",minor:!0,cell:({publisher:e})=>e===null?"the broker":s`<${H} id=${e} />`},{key:"received_at",title:"Received",minor:!0,cell:({received_at:e})=>s`<${Y} at=${e} />`},{key:"payload",title:"Payload",cell:e=>s`<${at} message=${e} />`}],Ei=[["","any"],["3600","an hour"],["86400","a day"],["604800","a week"],["2592000","30 days"]],Pi=[{label:"Delete",run:Oi}];function io(){let[e,t]=k(0),n=()=>t(i=>i+1),r=Object.fromEntries(["q","filter","older_than","publisher"].map(i=>[i,x(i)]));return s`
    <h1>Retained messages</h1>
        <div class="filters" role="search">
      <${R} name="q" label="Search" placeholder="a part of the topic" />
      <${R} name="filter" label="Topic filter" placeholder="sensors/#" />
      <${ke} name="older_than" label="Older than" options=${Ei} />
      <${R} name="publisher" label="Publisher" />
    </div>
        ${V("operator")&&s`
          <div class="head">
            <button type="button" onClick=${()=>st(void 0,n)}>Set a message</button>
            <button type="button" class="danger" disabled=${r.q!==""}
              onClick=${()=>void qi(r,n)}>Delete all that match</button>
          </div>
        `}
        <${ee} label="Retained messages" path="/retained" columns=${Ci} filters=${r}
      version=${e} keyOf=${({topic:i})=>i}
      bulk=${V("operator")?Pi:[]} empty=${{title:"No retained message is like this.",hint:"A message that is published with RETAIN stays here for those who subscribe later."}} />
  `}function Oi(e,t){G({title:`Delete ${$(e.length)} retained messages?`,body:s`<p>Who is subscribed is not told.</p>`,action:"Delete",dangerous:!0,async run(){for(let n of e)await nt(n);L(`${$(e.length)} deleted.`),t()}})}async function qi(e,t){let{filter:n,older_than:o,publisher:r}=e,i={filter:n===""?"#":n,older_than:o===""?void 0:Number(o),publisher:r===""?void 0:r};try{let{matched:a}=await Mt(i,!0);G({title:`Delete all ${$(a)} messages that match?`,body:s`<p>Topic filter <span class="id">${i.filter}</span>. Topics that begin with $
        are deleted only when the filter names them.</p>`,action:"Delete",dangerous:!0,async run(){let{deleted:c}=await Mt(i,!1);L(`${$(c)} deleted.`),t()}})}catch(a){L(a instanceof Error?a.message:String(a),!0)}}var ro={disconnect:{action:"Disconnect",text:"The connection ends with reason code 0x98. A durable session stays."},discard:{action:"Discard",text:"The connection ends, and the subscriptions and all messages that wait are deleted."}};function Rt(e,t,n){let{action:o,text:r}=ro[t];G({title:`${o} this session?`,body:s`
      <p class="id">${e}</p>
      <p>${r}</p>
    `,action:o,dangerous:!0,async run(){await Kn(e,t),L("Done."),n()}})}function At(e,t,n){let{action:o,text:r}=ro[t];G({title:`${o} ${e.length} sessions?`,body:s`<p>${r}</p>`,action:o,dangerous:!0,async run(){let i=await Jn(e,t);L(`${i} of ${e.length} sessions ended.`),n()}})}function jt(e){let{subscription_identifier:t,retain_handling:n}=e;return s`${e.no_local&&s`
      <${B}>no local<//>
    `}
    ${e.retain_as_published&&s`
      <${B}>retain as published<//>
    `}
    ${n!==0&&s`
      <${B}>retain handling ${n}<//>
    `}
    ${t!==null&&s`<${B}>identifier ${t}<//>`}`}var Mi=["subscribed","unsubscribed"],so=[{key:"topic_filter",title:"Topic filter",cell:({topic_filter:e})=>s`<span class="id">${e}</span>`},{key:"qos",title:"QoS",numeric:!0,cell:({qos:e})=>e},{key:"options",title:"Options",minor:!0,cell:jt}];function ao({clientId:e}){let[t,n]=k(0),o=()=>n(i=>i+1),r=V("operator")?[...so,Ni(e,o)]:so;return s`
    ${V("operator")&&s`<div class="head"><button type="button"
      onClick=${()=>Li(e,o)}>Subscribe on behalf of the client</button>
    </div>`}
      <${ee} label="Subscriptions" path=${Q("/subscriptions")}
      filters=${{client_id:e}} columns=${r} version=${t} events=${Mi}
      keyOf=${({topic_filter:i})=>i} empty=${{title:"The client has subscribed to nothing.",hint:"Its subscriptions appear here as soon as it subscribes."}} />
  `}function Ni(e,t){return{key:"action",title:"Action",cell:({topic_filter:o})=>s`<button type="button" class="quiet" onClick=${()=>Di(e,o,t)}>Unsubscribe</button>`}}function Li(e,t){G({title:"Subscribe on behalf of the client",body:s`
      <label class="field">Topic filter<input name="filter" required autofocus
              autocomplete="off" spellcheck=${!1} /></label>
      <label class="field">QoS<select name="qos"><option>0</option><option>1</option>
              <option>2</option></select></label>
    `,action:"Subscribe",async run(n){await Xn(e,String(n.get("filter")),Number(n.get("qos"))),L("Subscribed."),t()}})}function Di(e,t,n){G({title:"Unsubscribe on behalf of the client?",body:s`
      <p class="id">${t}</p>
      <p>The client is not told.</p>
    `,action:"Unsubscribe",dangerous:!0,async run(){await Zn(e,t),L("Unsubscribed."),n()}})}var Ri=["connected","disconnected","subscribed","unsubscribed","session_ended"],Ai=1e4;function Ut({clientId:e}){let t={client_id:e},{value:n,error:o,reload:r}=F(e,i=>N(Q("/events"),t,i),{events:Ri,everyMs:Ai});return o!==void 0?s`<${O} error=${o} retry=${r} />`:n===void 0?s`<${P} />`:n.items.length===0?s`
      <${j} title="Nothing is remembered."
        hint="The last events of a client stay for as long as there is room." />
    `:s`
    <div class="list-bar">
      <p class="total">The last ${$(n.items.length)}</p>
      <${U} url=${E(Q("/events"),t)} />
    </div>
    <ol class="timeline">${n.items.toReversed().map(i=>s`<li><time datetime=${i.at}>${it(i.at)}</time>
        <strong>${i.type.replaceAll("_"," ")}</strong>
        ${i.count>1?s`
            <span class="faint">${$(i.count)} times</span>
          `:null}
        <span class="id">${ji(i.detail)}</span></li>`)}</ol>
  `}function ji(e){return Object.entries(e).filter(([,t])=>t!=null).map(([t,n])=>`${t.replaceAll("_"," ")}: ${n}`).join(" \xB7 ")}var Ui=["connected","disconnected","session_ended","taken_over"],Fi=[{key:"client_id",title:"Client id",sort:"client_id",cell:({client_id:e})=>s`<${H} id=${e} />`},{key:"state",title:"State",cell:e=>s`<${It} session=${e} />`},{key:"username",title:"Username",minor:!0,cell:({username:e})=>e??""},{key:"address",title:"Address",minor:!0,cell:({connection:e})=>s`<span class="id">${e?.remote_address??""}</span>`},{key:"protocol",title:"Protocol",minor:!0,cell:({protocol:e})=>e},{key:"connected_at",title:"Connected",sort:"connected_at",minor:!0,cell:({connected_at:e})=>s`<${Y} at=${e} />`},we("subscriptions","Subscriptions",e=>e.subscriptions,{minor:!0}),we("queue_len","Queue",e=>e.queue_len),we("inflight","In flight",e=>e.inflight,{minor:!0}),we("dropped","Dropped",e=>e.dropped),Ft("queue_bytes","Queue bytes",e=>e.queue_bytes),Ft("memory","Memory",e=>e.memory.total),we("messages_received","Received",e=>e.connection?.messages_received??0,{optional:!0}),we("messages_sent","Sent",e=>e.connection?.messages_sent??0,{optional:!0}),Ft("pending_bytes","Unsent",e=>e.connection?.pending_bytes??0)];function we(e,t,n,o={}){return{key:e,title:t,sort:e,numeric:!0,cell:r=>$(n(r)),...o}}function Ft(e,t,n){return{key:e,title:t,sort:e,numeric:!0,optional:!0,cell:r=>S(n(r))}}function It({session:e}){let{connected:t,connection:n}=e;return t?n!==null&&n.congestion!=="clear"?s`<${B} tone="warn">${n.congestion}<//>`:s`<${B} tone="good">connected<//>`:s`<${B}>disconnected<//>`}var Ii=[{label:"Disconnect",run:(e,t)=>At(e,"disconnect",t)},{label:"Discard",run:(e,t)=>At(e,"discard",t)}],Vi=["q","state","protocol","durable","queue_len[gte]","dropped[gte]"];function co(){let e=Object.fromEntries(Vi.map(t=>[t,x(t)]));return s`
    <h1>Sessions</h1>
    <div class="filters" role="search">
      <${R} name="q" label="Search" placeholder="client id, username, address" />
      <${ke} name="state" label="State" options=${[["","any"],["connected","connected"],["disconnected","disconnected"]]} />
      <${ke} name="protocol" label="Protocol"
        options=${[["","any"],["5.0","5.0"],["3.1.1","3.1.1"],["3.1","3.1"]]} />
      <${ke} name="durable" label="Durable"
        options=${[["","any"],["true","yes"],["false","no"]]} />
      <${R} name="queue_len[gte]" label="Queue from" type="number" />
      <${R} name="dropped[gte]" label="Dropped from" type="number" />
    </div>
    <${ee} label="Sessions" path="/sessions" filters=${e} columns=${Fi}
      keyOf=${t=>t.client_id} bulk=${V("operator")?Ii:[]}
      events=${Ui} empty=${{title:"No session is like this.",hint:"Sessions appear here as soon as clients connect. Are the filters too narrow?"}} />
  `}var Bi=["connected","disconnected","session_ended","taken_over"],Hi=5e3,Ae={subscriptions:{title:"Subscriptions",content:ao},queue:{title:"Queue",content:no},inflight:{title:"In flight",content:oo},timeline:{title:"Timeline",content:Ut}};function lo(){let e=x("client_id"),t=F(e,i=>Yn(e,i),{events:Bi,everyMs:Hi}),{value:n,error:o}=t,r=o instanceof J&&o.code==="session_not_found";return s`<p class="crumbs"><a href=${D("sessions")}>Sessions</a></p>
    <h1 class="id">${e===""?"(empty)":e}</h1>
    ${r?s`<${Qi} />`:null}
    ${o!==void 0&&!r?s`<${O} error=${o} retry=${t.reload} />`:null}
    ${n===void 0&&o===void 0?s`<${P} />`:null}
    ${n===void 0||r?null:s`<${Wi} session=${n} changed=${t.reload} />`}
    ${r?s`
        <h2>Timeline</h2>
        <${Ut} clientId=${e} />
      `:null}`}function Qi(){return s`
    <${j} title="There is no such session."
      hint="It has ended, or its client has never connected." />
  `}function Wi({session:e,changed:t}){let{client_id:n}=e,o=Object.keys(Ae).find(i=>i===x("tab"))??"subscriptions",{content:r}=Ae[o];return s`
    <div class="head">
          <${It} session=${e} />
          ${V("operator")&&s`<${zi} session=${e} changed=${t} />`}
          <${U} url=${E(Q(),{client_id:n})} />
        </div>
    <div class="cards">
      <section class="card">
        <h2>Identity</h2>
        <${ie} rows=${Gi(e)} />
      </section>
      <section class="card">
        <h2>Limits in force</h2>
        <${ie} rows=${Yi(e)} />
      </section>
      <section class="card">
        <h2>Counters</h2>
        <${ie} rows=${Ki(e)} />
      </section>
      <section class="card">
        <h2>Memory, estimated</h2>
        <${ie} rows=${Ji(e)} />
      </section>
    </div>
    <div class="tabs" role="tablist" aria-label="Parts of the session">${Object.keys(Ae).map(i=>s`
        <button type="button" role="tab" aria-selected=${i===o}
          onClick=${()=>X({tab:i,cursor:"",sort:""})}>${Ae[i].title}</button>
      `)}</div>
    <div role="tabpanel" aria-label=${Ae[o].title}>
      <${r} key=${o} clientId=${n} />
    </div>
  `}function zi({session:e,changed:t}){let{client_id:n,connected:o}=e;return s`
    <button type="button" class="danger" disabled=${!o}
      onClick=${()=>Rt(n,"disconnect",t)}>Disconnect</button>
    <button type="button" class="danger"
      onClick=${()=>Rt(n,"discard",()=>tt("sessions"))}>Discard</button>
  `}function Gi(e){let{connection:t,expiry_interval:n}=e;return[["Username",e.username??"none"],["Address",t?.remote_address??"not connected"],["Protocol",`MQTT ${e.protocol}`],["Clean start",e.clean_start?"yes":"no"],["Connected",s`<${Y} at=${e.connected_at} />`],["Disconnected",s`<${Y} at=${e.disconnected_at} />`],["Outlives its connection",n===null?"for ever":ot(n)],["Will",e.has_will?"yes":"none"],["Node",e.node]]}function Yi(e){let{connection:t,maximum_packet_size:n}=e;return[["Keep alive",t===null||t.keep_alive===0?"none":ot(t.keep_alive)],["Receive maximum",$(e.receive_maximum)],["Maximum packet size",n===null?"none":S(n)],["Topic alias maximum",$(e.topic_alias_maximum)]]}function Ki(e){let{connection:t}=e,n=Object.entries(e.drops).map(([o,r])=>[`Dropped: ${o.replaceAll("_"," ")}`,$(r)]);return[["Subscriptions",$(e.subscriptions)],["Queue",`${$(e.queue_len)} (${S(e.queue_bytes)})`],["In flight to the client",$(e.inflight)],["In flight from the client",$(e.received)],["Dropped",$(e.dropped)],...n,...t===null?[]:[["Messages received",$(t.messages_received)],["Messages sent",$(t.messages_sent)],["Bytes received",S(t.bytes_received)],["Bytes sent",S(t.bytes_sent)],["Unsent",S(t.pending_bytes)]]]}function Ji({memory:e}){return[["Session",S(e.session)],["Connection",S(e.connection)],["Subscriptions",S(e.subscriptions)],["Queue",S(e.queue)],["In flight",S(e.inflight)],["Total",S(e.total)]]}var uo=["subscribed","unsubscribed","session_ended"],Xi=[{key:"client_id",title:"Client id",cell:({client_id:e,connected:t})=>s`<${H} id=${e} />${t?null:s`
          <${B}>disconnected<//>
        `}`},{key:"topic_filter",title:"Topic filter",cell:({topic_filter:e})=>s`<span class="id">${e}</span>`},{key:"qos",title:"QoS",numeric:!0,cell:({qos:e})=>e},{key:"options",title:"Options",minor:!0,cell:jt}],Zi=[{key:"group",title:"Group",cell:({group:e})=>s`<a class="id" href=${D("subscriptions",{group:e})}>${e}</a>`},{key:"match_filter",title:"Topic filter",cell:({match_filter:e})=>s`<span class="id">${e}</span>`},{key:"members",title:"Members",numeric:!0,cell:({members:e})=>$(e)}];function fo(e){return Object.fromEntries(e.map(t=>[t,x(t)]))}function po(){return s`
    <h1>Subscriptions</h1>
    <div class="filters" role="search">
      <${R} name="q" label="Search" placeholder="a part of the topic filter" />
      <${R} name="match_topic" label="Matches the topic" />
      <${R} name="client_id" label="Client id" />
      <${R} name="group" label="Shared group" />
    </div>
    <${ee} label="Subscriptions" path="/subscriptions" columns=${Xi} events=${uo}
      filters=${fo(["q","match_topic","client_id","group"])}
      keyOf=${e=>`${e.client_id} ${e.topic_filter}`} empty=${{title:"No subscription is like this.",hint:"Subscriptions appear here as soon as clients subscribe. Are the filters too narrow?"}} />
  `}function _o(){return s`
    <h1>Shared groups</h1>
    <div class="filters" role="search">
      <${R} name="q" label="Search" placeholder="a part of the topic filter" />
      <${R} name="group" label="Group" />
    </div>
    <${ee} label="Shared groups" path="/shared-groups" columns=${Zi}
      filters=${fo(["q","group"])} events=${uo}
      keyOf=${({topic_filter:e})=>e} empty=${{title:"No subscription is shared.",hint:"Clients that subscribe to $share/<group>/<filter> divide the messages among them."}} />
  `}var er=5e3,ho=100,mo=1e3;function Vt({parent:e,...t}){let[n,o]=k(ho),r={parent:e,limit:n},{value:i,error:a,reload:c}=vo(r);if(a!==void 0)return s`<${O} error=${a} retry=${c} />`;if(i===void 0)return s`<${P} />`;if(i.items.length===0)return s`
      <${j} title="Nothing has been published."
        hint="A topic appears here with the first message on it." />
    `;let f=()=>o(Math.min(n*2,mo));return s`${e===void 0&&s`
      <div class="list-bar">
        <p class="total">Live tree</p>
        <${U} url=${E("/topics",r)} />
      </div>
    `}
    <ul>${i.items.map(p=>s`<${tr} key=${p.topic} item=${p} ...${t} />`)}</ul>
    ${i.next_cursor===null?null:n<mo?s`<button type="button" class="quiet" onClick=${f}>Show more</button>`:s`<p class="hint">There are more: search for them.</p>`}`}function $o({part:e,...t}){let n={q:e,limit:ho},{value:o,error:r,reload:i}=vo(n);return r!==void 0?s`<${O} error=${r} retry=${i} />`:o===void 0?s`<${P} />`:o.items.length===0?s`<${j} title="No topic is like this." hint="Only topics that are in use are known." />`:s`
    <div class="list-bar">
      <p class="total">The first ${o.items.length}</p>
      <${U} url=${E("/topics",n)} />
    </div>
    <ul>${o.items.map(a=>s`
        <li key=${a.topic}>
          <div class="branch"><span class="opener"></span>
                <${yo} item=${a} text=${a.topic} ...${t} /></div>
        </li>
      `)}</ul>
  `}function vo(e){return F(E("/topics",e),t=>N("/topics",e,t),{everyMs:er})}function tr({item:e,...t}){let{selected:n}=t,[o,r]=k(n.startsWith(`${e.topic}/`)),i=e.topic.slice(e.topic.lastIndexOf("/")+1),a=i===""?"(empty level)":i;return s`<li>
    <div class="branch">${e.children===0?s`<span class="opener"></span>`:s`
      <button type="button" class="opener" aria-expanded=${o}
        aria-label=${`${o?"Close":"Open"} ${a}`} onClick=${()=>r(!o)}>${o?"\u25BE":"\u25B8"}</button>
    `}<${yo} item=${e} text=${a} ...${t} /></div>
    ${o&&e.children>0?s`<${Vt} parent=${e.topic} ...${t} />`:null}
  </li>`}function yo({item:e,text:t,selected:n,select:o}){let{total:r,own:i}=e;return s`
    <button type="button" class="topic-name" aria-pressed=${e.topic===n}
      onClick=${()=>o(e.topic)}><span class="id">${t}</span></button>
    <span class="topic-value id">${i.messages===0?"":nr(e)}</span>
    <span class="topic-rate numeric">${r.messages_per_second===0?"":De(r.messages_per_second)}</span>
  `}function Bt({preview:e,preview_encoding:t}){let n=e===null?0:t==="base64"?Math.floor(e.length*3/4):e.length;return{text:e??"",encoding:t??"text",size:n,truncated:!1}}function nr(e){return rt(Bt(e))}var bo=5e3,or=50;function go({topic:e}){let t={topic:e},{value:n,error:o,reload:r}=F(e,a=>N("/topics/-/stats",t,a),{everyMs:bo}),i=o instanceof J&&o.code==="topic_not_found";return s`
    <div class="head">
      <h2 class="id">${e}</h2>
      <${U} url=${E("/topics/-/stats",t)} />
    </div>
        ${i&&s`<p>Nothing has been published on it since the start of the broker, or it was
      long ago.</p>`}
        ${o!==void 0&&!i?s`<${O} error=${o} retry=${r} />`:null}
        ${n===void 0&&o===void 0?s`<${P} />`:null}
        ${n===void 0?null:s`<${ir} stats=${n} />`}
        <h3>Who reads it</h3>
        <${rr} topic=${e} />
  `}function ir({stats:e}){let{topic:t,own:n,total:o,last_publisher:r,others:i}=e,a=[["Messages",`${$(n.messages)}, ${De(n.messages_per_second)}`],["Bytes",`${S(n.bytes)}, ${S(n.bytes_per_second)}/s`],["With all below",`${$(o.messages)}, ${De(o.messages_per_second)}`],...i.messages===0?[]:[["Below, not told apart",`about ${$(i.messages)}`]],["Last message",s`<${Y} at=${e.last_at} />`],["Last publisher",r===null?"none":s`<${H} id=${r} />`],["Retained message",e.retained?s`<a href=${D("retained-message",{topic:t})}>yes, show it</a>`:"none"]];return s`<${ie} rows=${a} />
    ${e.preview===null?null:s`
      <h3>Last value</h3>
      <${Se} payload=${Bt(e)} />
    `}`}function rr({topic:e}){let t={topic:e,limit:or,count:"true"},{value:n,error:o,reload:r}=F(e,a=>N("/topics/-/subscribers",t,a),{events:["subscribed","unsubscribed"],everyMs:bo});if(o!==void 0)return s`<${O} error=${o} retry=${r} />`;if(n===void 0)return s`<${P} />`;if(n.items.length+n.groups.length===0)return s`<p class="faint">A message on it would reach nobody.</p>`;let i=D("subscriptions",{match_topic:e});return s`<ul class="plain">
    ${n.items.map(({client_id:a,connected:c,topic_filters:f})=>s`<li key=${a}><${H} id=${a} />
        ${c?null:s`
          <${B}>disconnected<//>
        `}
        <span class="faint id"> ${f.join(", ")}</span></li>`)}
    ${n.groups.map(({topic_filter:a,members:c,next:f})=>s`<li key=${a}><span class="id">${a}</span>
        <span class="faint"> ${$(c)} members${f===null?null:s`, next <${H} id=${f} />`}</span></li>`)}</ul>
  ${n.next_cursor===null?null:s`<p><a href=${i}>All subscriptions that match</a></p>`}`}function ko(){let[e,t]=[x("q"),x("topic")],n=o=>X({topic:o},{push:!0});return s`
    <h1>Topics</h1>
    <div class="filters" role="search">
      <${R} name="q" label="Search" placeholder="a part of the topic" />
    </div>
    <div class="split">
      <section class="list tree" aria-label="Topics">${e===""?s`<${Vt} parent=${void 0} selected=${t} select=${n} />`:s`<${$o} part=${e} selected=${t} select=${n} />`}</section>
      <section class="card" aria-label="The selected topic">${t===""?s`<p class="state">Select a topic to see who writes it and who reads it.</p>`:s`<${go} key=${t} topic=${t} />`}</section>
    </div>
  `}var Ht=[{key:"sessions",title:"Sessions",role:"viewer",content:co},{key:"session",title:"Session",role:"viewer",content:lo,hidden:!0},{key:"topics",title:"Topics",role:"viewer",content:ko},{key:"subscriptions",title:"Subscriptions",role:"viewer",content:po},{key:"shared-groups",title:"Shared groups",role:"viewer",content:_o},{key:"retained",title:"Retained",role:"viewer",content:io},{key:"retained-message",title:"Retained message",role:"viewer",content:zn,hidden:!0},{key:"config",title:"Configuration",role:"operator",content:In}];function So(){let[e,t]=k(),[n,o]=k(!1);return s`
    <main class="sign-in">
      <form onSubmit=${async i=>{i.preventDefault();let a=new FormData(i.target);o(!0),t(void 0);try{await Dn(String(a.get("name")),String(a.get("password")))}catch(c){t(c instanceof Error?c.message:String(c)),o(!1)}}}>
          <h1>TideMQ</h1>
          <label class="field">User name<input name="name" autocomplete="username" required autofocus
            autocapitalize="none" spellcheck=${!1} /></label>
          <label class="field">Password<input name="password" type="password"
            autocomplete="current-password" required /></label>
          ${e===void 0?null:s`<p class="failure" role="alert">${e}</p>`}
          <button type="submit" class="primary" disabled=${n}>Sign in</button>
          <p class="hint">The first start prints the password of the user <code>admin</code>.</p>
        </form>
    </main>
  `}var ct=["system","light","dark"],wo="tidemq-theme",je=I(sr());function sr(){let e=localStorage.getItem(wo);return ct.find(t=>t===e)??"system"}oe(()=>{let{value:e}=je;e==="system"?document.documentElement.removeAttribute("data-theme"):document.documentElement.dataset.theme=e,localStorage.setItem(wo,e)});function xo(){je.value=ct[(ct.indexOf(je.value)+1)%ct.length]}function To(){let[e,t]=k(),n=()=>{t(void 0),Ln().catch(t)};return W(n,[]),e!==void 0?s`
      <main>
        <${O} error=${e} retry=${n} />
      </main>
    `:z.value==="unknown"?s`
      <main>
        <${P} />
      </main>
    `:z.value===void 0?s`<${So} />`:s`<${ar} />`}function ar(){let{page:e}=ge.value,t=Ht.find(r=>r.key===e),n=me(null);return W(()=>{document.title=t===void 0?"TideMQ":`${t.title} \xB7 TideMQ`,scrollTo(0,0)},[e]),s`
    <div class="frame">
      <button type="button" class="skip" onClick=${()=>n.current?.focus()}>Skip to the content</button>
      <${lr} />
      <${fr} current=${e} />
      <main ref=${n} tabindex="-1" key=${e}>
        <${cr} page=${t} />
      </main>
      <${An} />
      <${Un} />
    </div>
  `}function cr({page:e}){return e===void 0?s`<${j} title="There is no such page." hint="Choose one from the menu." />`:V(e.role)?s`<${e.content} />`:s`
      <${j} title="Your role may not see this."
        hint=${`This page needs the role ${e.role}.`} />
    `}function lr(){let{value:e}=z;if(typeof e!="object")return null;let t=()=>jn(Rn,"Signed out.");return s`
    <header class="top">
      <a class="brand" href=${D("sessions")}>TideMQ</a>
      <span class=${$e.value==="live"?"live on":"live"} role="status">${ur[$e.value]}</span>
      <button type="button" class="quiet" onClick=${xo}>Theme: ${je.value}</button>
      <span class="account">${e.name} <span class="role">${e.role}</span></span>
      <button type="button" class="quiet" onClick=${t}>Sign out</button>
    </header>
  `}var ur={off:"",connecting:"Connecting",live:"Live"};function fr({current:e}){let[t,n]=k(!1);W(()=>n(!1),[e]);let o=Ht.filter(({role:r,hidden:i})=>!i&&V(r));return s`
    <nav class=${t?"side open":"side"} aria-label="Pages of the console">
      <button type="button" class="menu-button" aria-expanded=${t}
        onClick=${()=>n(!t)}>Menu</button>
      <ul>${o.map(({key:r,title:i})=>s`<li><a href=${D(r)} aria-current=${e===r?"page":null}>${i}</a></li>`)}<li><a href="/api/v1/docs" target="_blank" rel="noopener">API reference</a></li></ul>
    </nav>
  `}yt(s`<${To} />`,document.getElementById("console"));
